# tmux: a server, a session with a shell in it, keys sent, what the pane shows.
# root: programs
mux() { tmux -S "$PWD/socket" -f /dev/null "$@"; }
mux new-session -d -x 60 -y 10 'PS1="$ " bash --norc --noprofile'
for i in $(seq 100); do mux capture-pane -p | grep -q '\$' && break; sleep 0.1; done
mux send-keys 'echo in $((6 * 7)); stty size' Enter
for i in $(seq 100); do mux capture-pane -p | grep -q '^10 60' && break; sleep 0.1; done
mux capture-pane -p | grep -v '\$' | grep .
mux list-windows -F '#{window_index} #{window_width}x#{window_height}'; mux kill-server
