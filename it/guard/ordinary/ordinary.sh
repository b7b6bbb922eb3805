#!/bin/sh
# Ordinary work of shell scripts: each in a shell and a folder of its own; "ID<tab>ok" at its end. As ordinary.py.
#
#   ordinary.sh FOLDER ASKED     ordinary.sh list
#
# REPOSITORY names a Maven repository that has what the project beside this file needs.
# shellcheck disable=SC2016 # What is in single quotes is for the shell that is started.
set -eu

# What is done; "list" finds the names by their place in the line.
work() {
    case $1 in
    sh-redirection) echo a >file && echo b >>file && [ "$(cat <file)" = "a
b" ] ;;
    sh-pipeline) [ "$(seq 1 100 | grep 7 | sort -r | head -n 1)" = 97 ] ;;
    sh-substitution) [ "$(basename "$(pwd)")" = "${PWD##*/}" ] ;;
    sh-here-document) [ "$(sed 's/x/y/' <<X
x
X
    )" = y ] ;;
    sh-functions) double() { echo "$(($1 * 2))"; } && [ "$(double 21)" = 42 ] ;;
    sh-background) { sleep 0.1 && echo over >mark; } & wait $! && [ -s mark ] ;;
    sh-trap) [ "$(sh -c 'trap "echo bye" EXIT; exit 0')" = bye ] ;;
    sh-script) printf '#!/bin/sh\necho "$1"\n' >script && sh ./script word | grep -q word ;;
    sh-temporary) file=$(mktemp) && echo x >"$file" && rm "$file" ;;
    sh-files) mkdir -p a/b && touch a/b/c && cp -r a d && mv d e && ln -s e f && [ -f f/b/c ] && rm -r a e f ;;
    sh-find-exec) touch one two && [ "$(find . -type f -exec echo x {} \; | wc -l)" -eq 2 ] ;;
    sh-xargs) [ "$(printf 'a b' | xargs -n 1 echo | wc -l)" -eq 2 ] ;;
    sh-archive) mkdir a && echo x >a/x && tar -cf a.tar a && rm -r a && tar -xf a.tar && [ -s a/x ] ;;
    sh-awk) [ "$(echo '1 2' | awk '{ print $1 + $2 }')" = 3 ] ;;
    sh-environment) [ "$(env X=1 sh -c 'echo $X')" = 1 ] ;;
    sh-checksum) echo x >x && sha256sum x >sums && sha256sum -c sums >nothing ;;
    sh-git) git init -q . && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m first && git log --oneline | grep -q first ;;
    sh-maven) cp -r "${0%/*}/maven/." . && mvn -B -o -q "-Dmaven.repo.local=$REPOSITORY" test && grep -q 'tests="1" errors="0"' target/surefire-reports/*.xml ;;
    *) echo "no such use: $1" && return 64 ;;
    esac
}

case ${1-} in
list) sed -n 's/^    \(sh-[a-z0-9-]*\)).*/\1/p' "$0" ;;
try)
    work "$2"
    ;;
*)
    program=$(readlink -f "$0")
    while read -r id; do
        folder=$(mktemp -d "$1/use.XXXXXX")
        if said=$(cd "$folder" && sh "$program" try "$id" 2>&1 </dev/null); then
            printf '%s\tok\n' "$id"
        else
            printf '%s\tfailed: %s\n' "$id" "$(echo "$said" | tail -n 3 | tr '\n' ' ')"
        fi
        rm -rf "$folder"
    done <"$2"
    ;;
esac
