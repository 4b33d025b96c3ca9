# git: init, commit, branch, merge, gc, fsck, clone over file.
# root: programs
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' GIT_CONFIG_NOSYSTEM=1
git init -q -b main one; cd one
seq 100 > numbers; git add numbers; git commit -q -m first
git checkout -q -b side; sed -i 's/^50$/fifty/' numbers; git commit -q -am side
git checkout -q main; sed -i 's/^10$/ten/' numbers; git commit -q -am main
git merge -q -m merged side >/dev/null; sed -n '10p;50p' numbers
git gc -q; git fsck --no-progress; git log --format=%s --first-parent; git rev-list --count HEAD
cd ..; git clone -q "file://$PWD/one" two; diff -r one/numbers two/numbers && git -C two status --short --branch
