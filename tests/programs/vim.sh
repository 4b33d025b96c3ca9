# vim: an edit by commands, and a search with a count.
# root: programs
printf 'one\ntwo\n' > text
vim.basic -u NONE -es -c '%s/two/three/' -c 'normal Gofour' -c 'normal ggyyp' -c wq text; cat text
