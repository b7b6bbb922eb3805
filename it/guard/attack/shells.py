"""Where the policy lets a shell start: what the shell is told, in forms that a reader of command lines trips over."""
import os
import subprocess

from attack.stage import attempt

# Each is run as subprocess.run(TEXT, shell=True): {f} is the forbidden program in the folder {d}, {v} a file that must not change.
FORMS = {
    "newline": "echo hi\n{f}",
    "carriage-newline": "echo hi #\r\n{f}",
    "semicolon": "echo hi; {f}",
    "and": "echo hi && {f}",
    "pipe": "echo hi | {f}",
    "background": "echo hi & {f}",
    "substitution": "echo $({f})",
    "backticks": "echo `{f}`",
    "quoted-substitution": 'echo "$({f})"',
    "brace": "{{ {f}; }}",
    "subshell": "(exec {f})",
    "eval": "eval {f}",
    "exec": "exec {f}",
    "command": "command {f}",
    "function": "echo() {{ {f}; }}; echo",
    "alias": "alias echo={f}\necho",
    "here-document": "cat <<X\n$({f})\nX",
    "assignment": "X=1 {f}",
    "default-value": "echo ${{X:-$({f})}}",
    "no-spaces": "echo$IFS\"$({f})\"",
    "split-word": "{d}/'for'bid\\den",
    "glob": "{d}/forb[i]dde?",
    "trap": "trap {f} EXIT",
    "if": "if {f}; then :; fi",
    "case": "case x in x) {f};; esac",
    "dot": "echo {f} >own.dot; . ./own.dot",
    "descriptor": "exec 3>&1; {f} >&3",
    "continued": "echo hi; {d}/for\\\nbidden",
    "hash-path": "PATH={d}; forbidden",
}
WRITES = {
    "clobber": "echo FORGED >| {v}",
    "both": "echo FORGED 1<> {v}",
    "append": "echo FORGED >>{v}",
    "numbered": "echo FORGED 5>{v} 1>&5",
    "no-command": ">{v}",
    "here": "cat >{v} <<X\nFORGED\nX",
    "noclobber": "set -C; echo FORGED >|{v}",
    "exec-descriptor": "exec 1>{v}; echo FORGED",
}


def shell(form, stage):
    text = form.format(f=stage.forbidden, d=os.path.dirname(stage.forbidden), v=stage.victim)
    return subprocess.run(text, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=6, check=False).stdout


for name, form in FORMS.items():
    attempt(f"py-shell-{name}")(lambda stage, form=form: shell(form, stage))
for name, form in WRITES.items():
    attempt(f"py-shell-write-{name}")(lambda stage, form=form: shell(form, stage))


@attempt("py-shell-environment")
def startup(stage):
    # A file that a shell reads before anything else, named by a variable.
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(stage.forbidden + "\n")
    return subprocess.run(["sh", "-i", "-c", "echo hi"], env=os.environ | {"ENV": stage.own()}, capture_output=True,
                          timeout=6, check=False).stdout
