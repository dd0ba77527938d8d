-- What only one node does at a time, and which nodes there are. KEYS[1] is the beginning of all keys; its hash tag keeps them in one slot.
--   l:<name>  who holds a lease (its token), until it ends by itself
--   e:<name>  the epoch of its last holder
--   nodes     when each node was seen last, by the clock of this server
local P = KEYS[1]
local op = ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- name, token, milliseconds: the epoch, or 0 if somebody holds it. Epochs follow the clock, so that they go on growing where a server has lost its data.
if op == 'take' then
  if not redis.call('SET', P .. 'l:' .. ARGV[2], ARGV[3], 'NX', 'PX', ARGV[4]) then return 0 end
  local epoch = math.max(now, tonumber(redis.call('GET', P .. 'e:' .. ARGV[2]) or 0) + 1)
  redis.call('SET', P .. 'e:' .. ARGV[2], string.format('%.0f', epoch))
  return epoch
end

-- milliseconds, then name and token of each: for each 1 if it is held on, 0 if not.
if op == 'renew' then
  local held = {}
  for i = 3, #ARGV, 2 do
    local mine = redis.call('GET', P .. 'l:' .. ARGV[i]) == ARGV[i + 1]
    if mine then redis.call('PEXPIRE', P .. 'l:' .. ARGV[i], ARGV[2]) end
    held[#held + 1] = mine and 1 or 0
  end
  return held
end

-- name, token
if op == 'release' then
  if redis.call('GET', P .. 'l:' .. ARGV[2]) == ARGV[3] then redis.call('DEL', P .. 'l:' .. ARGV[2]) end
  return 1
end

-- node, milliseconds, a node that is known to be dead or an empty text, then names: the nodes that are there, and who holds each of the leases.
if op == 'look' then
  redis.call('ZADD', P .. 'nodes', now, ARGV[2])
  if ARGV[4] ~= '' then redis.call('ZREM', P .. 'nodes', ARGV[4]) end
  redis.call('ZREMRANGEBYSCORE', P .. 'nodes', '-inf', now - ARGV[3])
  local holders = {}
  for i = 5, #ARGV do
    local holder = redis.call('GET', P .. 'l:' .. ARGV[i]) or ''
    if ARGV[4] ~= '' and string.sub(holder, 1, #ARGV[4] + 1) == ARGV[4] .. '/' then
      redis.call('DEL', P .. 'l:' .. ARGV[i])
      holder = ''
    end
    holders[#holders + 1] = holder
  end
  return { redis.call('ZRANGE', P .. 'nodes', 0, -1), holders }
end

-- node
if op == 'leave' then
  redis.call('ZREM', P .. 'nodes', ARGV[2])
  return 1
end

return redis.error_reply('unknown operation ' .. op)
