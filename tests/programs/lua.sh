# Lua and LuaJIT, whose translator writes and runs AArch64 code.
# root: programs
lua5.4 -e 'print(10 // 3, 2^53 | 0, string.format("%.3f", math.pi)); for l in io.popen("echo popen"):lines() do print(l) end'
luajit -e 'local s = 0 for i = 1, 10000000 do s = s + i end print(s, (jit.status()))
local ffi = require("ffi"); ffi.cdef("int getpid(void); size_t strlen(const char *);"); print(tonumber(ffi.C.strlen("seven..")), ffi.C.getpid() > 0)'
