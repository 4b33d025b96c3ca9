# program: loads
# native: no (the machine's libm has no symbols)
# build: dynamic
# guest: cos 1.0
break main
continue
# see: Breakpoint 1, main
info sharedlibrary
# see: libc.so.6
catch load libm
catch unload libm
continue
# see: Catchpoint 2
# see: Inferior loaded ...libm.so.6
info sharedlibrary
# see: libm.so.6
break 10
continue
# see: Breakpoint
print cosine
# see: <cos
continue
# see: Catchpoint 3
# see: Inferior unloaded ...libm.so.6
continue
# see: exited normally
