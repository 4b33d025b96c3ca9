-- Tables, closures, strings and numbers: n queens, a sieve, string building, a matrix product.
local rounds = tonumber(arg[1])

local function queens(n)
    local columns, up, down, found = {}, {}, {}, 0
    local function place(row)
        if row > n then found = found + 1 return end
        for c = 1, n do
            if not columns[c] and not up[row + c] and not down[row - c + n] then
                columns[c], up[row + c], down[row - c + n] = true, true, true
                place(row + 1)
                columns[c], up[row + c], down[row - c + n] = nil, nil, nil
            end
        end
    end
    place(1)
    return found
end

local function sieve(n)
    local composite, count = {}, 0
    for i = 2, n do
        if not composite[i] then
            count = count + 1
            for j = i * i, n, i do composite[j] = true end
        end
    end
    return count
end

local function product(n)
    local a = {}
    for i = 1, n do
        a[i] = {}
        for j = 1, n do a[i][j] = (i * j) % 7 end
    end
    local trace = 0
    for i = 1, n do
        for j = 1, n do
            local s = 0
            for k = 1, n do s = s + a[i][k] * a[k][j] end
            if i == j then trace = trace + s end
        end
    end
    return trace
end

local total = 0
for i = 1, rounds do
    local parts = {}
    for k = 1, 2000 do parts[k] = string.format("%d:%s", k * i % 97, string.rep("x", k % 5)) end
    local text = table.concat(parts, ",")
    for number in text:gmatch("%d+") do total = total + tonumber(number) end
    total = total + queens(7) + sieve(20000) + product(40)
end
print(string.format("%d", total))
