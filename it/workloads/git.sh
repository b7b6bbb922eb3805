#!/bin/sh
# A repository's life: commits, branches, a merge, clones, packing.
set -eu
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
git init -q -b main origin && cd origin
for i in 1 2 3; do
  echo "$i" >"file$i" && git add . && git commit -qm "commit $i"
done
git checkout -qb side HEAD~1 && echo side >side && git add side && git commit -qm side
git checkout -q main && git merge -q -m merged side
[ "$(git log --oneline | wc -l)" = 5 ]
git gc -q && git fsck --strict 2>&1
cd ..
git clone -q origin hard-links
git clone -q --depth 1 "file://$PWD/origin" shallow
[ "$(git -C shallow log --oneline | wc -l)" = 1 ]
echo more >hard-links/more && git -C hard-links add more && git -C hard-links commit -qm more
git -C hard-links push -q origin HEAD:pushed
[ "$(git -C origin show pushed:more)" = more ]
git -C hard-links worktree add -q ../tree && git -C tree stash list
echo passed
