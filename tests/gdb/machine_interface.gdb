# program: calls
# guest: sum 12
handle SIGUSR1 nostop noprint
set breakpoint pending on
interpreter-exec mi "-break-insert -f half_of"
# see: ^done,bkpt={number="1"
interpreter-exec mi "-break-insert -f no_such_function"
# see: ^done,bkpt={number="2"...pending="no_such_function"
continue
interpreter-exec mi "-stack-list-frames"
# see: ^done,stack=[frame={level="0"...func="half_of"
interpreter-exec mi "-stack-list-variables --simple-values"
# see: variables=[{name="x",arg="1",type="double",value="8"}]
interpreter-exec mi "-thread-info"
# see: state="stopped"
interpreter-exec mi "-var-create v * x"
# see: ^done,name="v",numchild="0",value="8"
interpreter-exec mi "-data-list-register-values x 32"
# see: ^done,register-values=[{number="32"
interpreter-exec mi "-data-read-memory-bytes $sp 8"
# see: ^done,memory=[{begin=
interpreter-exec mi "-list-thread-groups"
# see: groups=[{id="i1",type="process",pid=
continue
