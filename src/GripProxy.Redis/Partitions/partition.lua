-- One partition of the channels, as all nodes share it. README.md explains the keys, the states and the protocol.
-- KEYS[1] is the prefix of all keys of the partition; its hash tag keeps them in one slot, so the others need not be named.
-- Nothing is written before what is read first has been found to be ours: a foreign value makes an item fail, not half of it.
local P = KEYS[1]
local op = ARGV[1]
local META = P .. 'meta'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Identity of the server process. It is in no copy of the data, so it tells when another one goes on with them. Two microseconds.
local function server()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

local function node_key(node) return P .. 'n:' .. node end

-- Puts a message into the inbox of a node, and wakes it if it has nothing to do. False: it is not there any more.
local function send(node, kind, from, seq, text, body)
  local record = redis.call('HMGET', node_key(node), 'seq', 'doze', 'wake')
  if not record[1] then return false end
  local n = redis.call('HINCRBY', node_key(node), 'n', 1)
  redis.call('XADD', P .. 'in:' .. node, n .. '-0', 'k', kind, 'f', from, 's', seq, 't', text, 'b', body)
  if record[2] == '1' then
    redis.call('HSET', node_key(node), 'doze', '0')
    redis.call('PUBLISH', record[3], P)
  end
  return true
end

-- The hash of a channel as a table, or nil: there is something else under its name.
local function channel_of(name)
  local flat = redis.pcall('HGETALL', P .. 'c:' .. name)
  if flat.err then return nil end
  local channel = {}
  for i = 1, #flat, 2 do channel[flat[i]] = flat[i + 1] end
  return channel
end

-- Calls back for every member: node, state, token.
local function members(channel, visit)
  for field, value in pairs(channel) do
    if string.sub(field, 1, 2) == 'm:' then
      visit(string.sub(field, 3), string.sub(value, 1, 1), string.sub(value, 2))
    end
  end
end

local function set_member(name, channel, node, value)
  redis.call('HSET', P .. 'c:' .. name, 'm:' .. node, value)
  channel['m:' .. node] = value
end

local function drop_member(name, channel, node)
  redis.call('HDEL', P .. 'c:' .. name, 'm:' .. node)
  channel['m:' .. node] = nil
end

-- A log that nobody holds outlives its items by a day, so that a client that has the newest one stays good.
local function keep(name, channel, age)
  for field in pairs(channel) do
    if string.sub(field, 1, 2) == 'm:' then return end
  end
  for _, kind in ipairs({ 'c:', 'l:', 'x:' }) do redis.call('PEXPIRE', P .. kind .. name, age + 86400000) end
end

-- After a member left or learned that it is not alone: those that wait for it may begin; who remains alone may know it.
local function settle(name, channel)
  local waiting, holders, sure = {}, {}, false
  members(channel, function(node, state, token)
    if state == 's' or state == 'w' then sure = true
    elseif state == 'j' then waiting[#waiting + 1] = { node, token }
    else holders[#holders + 1] = { node, token } end
  end)
  if sure then return end
  for _, one in ipairs(waiting) do
    set_member(name, channel, one[1], 'h' .. one[2])
    send(one[1], 'z', name, one[2], channel.last or '', '')
  end
  if #waiting == 0 and #holders == 1 and string.sub(holders[1][2], -1) ~= '!' then
    set_member(name, channel, holders[1][1], 's' .. holders[1][2])
    send(holders[1][1], 'g', name, holders[1][2], '', '')
  elseif #waiting == 0 and #holders == 0 then
    if channel.e then keep(name, channel, 0) else redis.call('DEL', P .. 'c:' .. name) end
  end
end

-- True if the node cannot take itself for the only one any more: its lease is over.
local function lapsed(node, at, lease)
  local seen = tonumber(redis.call('HGET', node_key(node), 'seen') or '0')
  return now - math.max(seen, at) > lease
end

local function forget_log(name, channel)
  redis.call('DEL', P .. 'l:' .. name, P .. 'x:' .. name)
  for field in pairs(channel) do
    if #field == 1 or string.sub(field, 1, 2) == 'e:' then
      redis.call('HDEL', P .. 'c:' .. name, field)
      channel[field] = nil
    end
  end
end

-- Begins a new epoch where there is none, or where another server goes on: what it did not get may have been seen, so offsets are not given
-- twice. The old one stays readable up to here, unless items were lost (another birth): then there is nothing to go on from.
local function epoch_of(name, channel, generation, seed)
  if channel.e and channel.g == generation then return end
  if channel.e and string.match(channel.g, '^[^.]*') ~= string.match(generation, '^[^.]*') then forget_log(name, channel) end
  local key = P .. 'c:' .. name
  local last = channel.o or '0'
  if channel.e then redis.call('HSET', key, 'e:' .. channel.e, channel.b .. ':' .. last) end
  channel.e = string.sub(redis.sha1hex(seed .. name), 1, 12)
  channel.g, channel.b, channel.o = generation, last, last
  channel.f = channel.f or tostring(tonumber(last) + 1)
  channel.y = channel.y or '0'
  redis.call('HSET', key, 'e', channel.e, 'g', channel.g, 'b', channel.b, 'o', channel.o, 'f', channel.f, 'y', channel.y)
end

-- Drops what is too old or too much; the newest stays whatever its size.
local function trim(name, channel, items, bytes, age)
  local key = P .. 'l:' .. name
  local first, size, last = tonumber(channel.f), tonumber(channel.y), tonumber(channel.o)
  local before = first
  while first <= last do
    local count = last - first + 1
    local oldest = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    if not oldest then first, size = last + 1, 0 break end
    local fields = oldest[2]
    local late = now - tonumber(fields[8]) >= age
    if not late and count <= items and (count == 1 or size <= bytes) then break end
    redis.call('XDEL', key, oldest[1])
    if fields[6] ~= '' then
      local index = P .. 'x:' .. name
      if redis.call('HGET', index, fields[6]) == string.match(oldest[1], '^%d+') then redis.call('HDEL', index, fields[6]) end
    end
    size = size - tonumber(fields[10])
    first = tonumber(string.match(oldest[1], '^%d+')) + 1
  end
  if first ~= before then
    channel.f, channel.y = tostring(first), tostring(size)
    redis.call('HSET', P .. 'c:' .. name, 'f', channel.f, 'y', channel.y)
    for field, value in pairs(channel) do
      if string.sub(field, 1, 2) == 'e:' and tonumber(string.match(value, ':(%d+)$')) < first - 1 then
        redis.call('HDEL', P .. 'c:' .. name, field)
      end
    end
  end
end

-- Appends to the log: the position, or nil: there is something else under its name.
local function log_add(name, channel, generation, seed, id, items, bytes, age, size, kept)
  epoch_of(name, channel, generation, seed)
  local key = P .. 'c:' .. name
  local offset = string.format('%.0f', tonumber(channel.o) + 1)
  local position = channel.e .. '-' .. string.format('%.0f', tonumber(offset) - tonumber(channel.b))
  local added = redis.pcall('XADD', P .. 'l:' .. name, offset .. '-0', 'b', kept, 'p', position, 'i', id, 't', string.format('%.0f', now), 'y', size)
  if type(added) == 'table' and added.err then return nil end
  channel.o = offset
  channel.y = string.format('%.0f', tonumber(channel.y) + tonumber(size))
  redis.call('HSET', key, 'o', channel.o, 'y', channel.y, 'i', id)
  if id ~= '' then redis.call('HSET', P .. 'x:' .. name, id, offset) end
  trim(name, channel, items, bytes, age)
  keep(name, channel, age)
  return position
end

-- Gives an item its place and sends it to all who hold the channel. item: see the arguments of 'a' below.
local function append(channel, node, generation, seed, item)
  local position = ''
  if item.kept ~= '' then
    local kept = item.kept == '=' and item.body or item.kept
    position = log_add(item.channel, channel, generation, seed, item.id, item.items, item.bytes, item.age, item.size, kept)
    if not position then return { 'f', '', '' } end
  end
  local reached, sure = {}, false
  members(channel, function(_, state)
    if state == 's' then sure = true end
  end)
  -- Whoever is sure to be alone delivers by itself what is published there, so the order is decided there too.
  local kind = sure and 'u' or item.parked and 'p' or 'i'
  members(channel, function(member, state)
    if state ~= 'w' and send(member, kind, item.node, item.seq, position, item.body) then reached[#reached + 1] = member end
  end)
  if not item.unordered and not sure and (#reached > 0 or channel.e) then
    redis.call('HSET', P .. 'c:' .. item.channel, 'last', item.id)
    channel.last = item.id
  end
  return { 'd', position, table.concat(reached, '\n'), reached }
end

-- What waited for the item of this id is next, and so on.
local function append_chain(channel, generation, seed, id)
  local key = P .. 'w:' .. id[1]
  local next_id = id[2]
  while next_id and next_id ~= '' do
    local packed = redis.call('HGET', key, next_id)
    if not packed then return end
    redis.call('HDEL', key, next_id)
    local item = cmsgpack.unpack(packed)
    append(channel, item.node, generation, seed, item)
    next_id = item.id
  end
end

local function publish(node, generation, seed, item, ttl, wait, place)
  local channel = channel_of(item.channel)
  if not channel then return { 'f', '', '' } end
  if ttl > 0 and item.id ~= '' then
    if not redis.call('SET', P .. 'd:' .. item.channel .. '\n' .. item.id, '1', 'NX', 'PX', ttl) then return { 'x', '', '' } end
  end
  if wait > 0 and item.prev ~= '' then
    local missing
    if channel.last and channel.last ~= '' then missing = channel.last ~= item.prev end
    if missing then
      local key = P .. 'w:' .. item.channel
      if redis.call('HEXISTS', key, item.prev) == 1 then return { 't', '', '' } end
      if redis.call('HLEN', key) >= place then return { 'm', '', '' } end
      item.parked = true
      redis.call('HSET', key, item.prev, cmsgpack.pack(item))
      redis.call('PEXPIRE', key, wait * 4)
      return { 'q', '', '' }
    end
  end
  local result = append(channel, node, generation, seed, item)
  if result[1] == 'd' then
    if #result[4] == 0 and item.kept == '' then
      -- Nobody is there: the sender may know it until somebody comes.
      if not channel['m:' .. node] then
        redis.call('HSET', P .. 'c:' .. item.channel, 'm:' .. node, 'w' .. item.token)
        redis.call('SADD', P .. 'v:' .. node, item.channel)
      end
      result = { 'n', '', '' }
    else
      append_chain(channel, generation, seed, { item.channel, item.id })
    end
  end
  return { result[1], result[2], result[3] }
end

local function join(node, name, token, at, lease)
  local channel = channel_of(name)
  if not channel then return { 'f', '', '' } end
  local was = channel['m:' .. node]
  local known = was and string.sub(was, 1, 1) ~= 'w'
  local sure, others = {}, false
  members(channel, function(other, state, their)
    if other == node then return end
    if not redis.call('HGET', node_key(other), 'seq') then
      drop_member(name, channel, other)
    elseif state == 's' or state == 'w' then
      if lapsed(other, at, lease) then
        if state == 'w' then drop_member(name, channel, other)
        else set_member(name, channel, other, 'h' .. their) others = true end
      else
        sure[#sure + 1] = { other, their }
      end
    else
      others = true
    end
  end)
  local state
  if #sure > 0 then state = 'j'
  elseif others or string.sub(token, -1) == '!' then state = 'h'
  else state = 's' end
  redis.call('PERSIST', P .. 'c:' .. name)
  set_member(name, channel, node, state .. token)
  redis.call('SADD', P .. 'v:' .. node, name)
  for _, one in ipairs(sure) do send(one[1], 'v', name, one[2], '', '') end
  if was then settle(name, channel) end
  return { state, known and '1' or '0', channel.last or '' }
end

local function leave(node, name, token)
  local channel = channel_of(name)
  if not channel then return { 'f', '', '' } end
  if channel['m:' .. node] and string.sub(channel['m:' .. node], 2) == token then
    drop_member(name, channel, node)
    redis.call('SREM', P .. 'v:' .. node, name)
    settle(name, channel)
  end
  return { 'd', '', '' }
end

-- A member has learned that it is not alone; until here it has delivered up to `last` by itself.
local function confirm(node, name, token, last)
  local channel = channel_of(name)
  if not channel then return { 'f', '', '' } end
  local value = channel['m:' .. node]
  if value and string.sub(value, 2) == token then
    local state = string.sub(value, 1, 1)
    if state == 'w' then
      drop_member(name, channel, node)
      redis.call('SREM', P .. 'v:' .. node, name)
    elseif state == 's' then
      set_member(name, channel, node, 'h' .. token)
      if last ~= '' then
        redis.call('HSET', P .. 'c:' .. name, 'last', last)
        channel.last = last
      end
    end
  end
  settle(name, channel)
  return { 'd', '', '' }
end

-- An item has waited long enough for its predecessor.
local function release(node, generation, seed, name, prev, id)
  local key = P .. 'w:' .. name
  local packed = redis.call('HGET', key, prev)
  if not packed then return { 'd', '', '' } end
  local item = cmsgpack.unpack(packed)
  if item.node ~= node or item.id ~= id then return { 'd', '', '' } end
  local channel = channel_of(name)
  if not channel then return { 'f', '', '' } end
  redis.call('HDEL', key, prev)
  append(channel, node, generation, seed, item)
  append_chain(channel, generation, seed, { name, item.id })
  return { 'd', '', '' }
end

-- Items of the channel were lost before they came here: its log has no hole but an end, and whoever holds it asks its origin.
local function lose(name)
  local channel = channel_of(name)
  if not channel then return end
  if channel.e then forget_log(name, channel) end
  members(channel, function(member, state)
    if state ~= 'w' then send(member, 'r', name, '', '', '') end
  end)
end

-- Forgets nodes that were not seen for the whole retention, a part at a time.
local function forget_dead(retention)
  local dead = redis.call('ZRANGEBYSCORE', P .. 'nodes', '-inf', now - retention, 'LIMIT', 0, 1)[1]
  if not dead then return end
  redis.call('DEL', node_key(dead), P .. 'in:' .. dead)
  local names = redis.call('SPOP', P .. 'v:' .. dead, 200)
  for _, name in ipairs(names) do
    local channel = channel_of(name)
    if channel and channel['m:' .. dead] then
      drop_member(name, channel, dead)
      settle(name, channel)
    end
  end
  if #names < 200 then redis.call('ZREM', P .. 'nodes', dead) end
end

-- hello <layout> <node> <new birth> <wake channel>
if op == 'hello' then
  local meta = redis.call('HMGET', META, 'layout', 'birth', 'count', 'server')
  if meta[1] and meta[1] ~= ARGV[2] then return { 'layout', meta[1] } end
  local birth, count = meta[2], tonumber(meta[3] or '0')
  if not birth then birth, count = ARGV[4], 0 end
  local run = server()
  if meta[4] ~= run then
    count = count + 1
    redis.call('HSET', META, 'layout', ARGV[2], 'birth', birth, 'count', count, 'server', run,
      'generation', birth .. '.' .. count, 'at', string.format('%.0f', now))
  end
  local key = node_key(ARGV[3])
  local seq = redis.call('HGET', key, 'seq')
  local existed = '1'
  if not seq then
    existed = '0'
    redis.call('DEL', P .. 'in:' .. ARGV[3])
    redis.call('HSET', key, 'seq', '0', 'n', '0')
    seq = '0'
  end
  redis.call('HSET', key, 'seen', string.format('%.0f', now), 'doze', '0', 'wake', ARGV[5])
  redis.call('ZADD', P .. 'nodes', string.format('%.0f', now), ARGV[3])
  return { 'ok', birth .. '.' .. count, seq, existed }
end

-- rebirth <generation> <new birth>: items were lost and nobody knows which.
if op == 'rebirth' then
  if redis.call('HGET', META, 'generation') ~= ARGV[2] then return { 'generation' } end
  redis.call('HSET', META, 'birth', ARGV[3], 'count', '1', 'generation', ARGV[3] .. '.1')
  return { 'ok' }
end

if op == 'bye' then
  redis.call('ZADD', P .. 'nodes', 0, ARGV[2])
  redis.call('HSET', node_key(ARGV[2]), 'seen', '0')
  return { 'ok' }
end

local meta = redis.call('HMGET', META, 'generation', 'at', 'server')
if meta[1] ~= ARGV[2] or meta[3] ~= server() then return { 'generation' } end
local generation, at = meta[1], tonumber(meta[2])

-- step <generation> <node> <read up to> <how many to read> <seed> <lease> <retention, 0: no sweep> <n> then n times <seq> and
--   a channel id prev unordered token dup-ttl wait places items bytes age size kept body | j channel token | l channel token
--   k channel token last | f channel prev id | m node kind text body | r channel
if op == 'step' then
  local node, seed, lease = ARGV[3], ARGV[6], tonumber(ARGV[7])
  local key = node_key(node)
  local done = redis.call('HGET', key, 'seq')
  if not done then return { 'gone' } end
  done = tonumber(done)
  local n, i = tonumber(ARGV[9]), 10
  local results = {}
  for k = 1, n do
    local seq, kind, result = tonumber(ARGV[i]), ARGV[i + 1], nil
    i = i + 1
    local again = seq <= done
    if kind == 'a' then
      if not again then
        result = publish(node, generation, seed, {
          node = node, seq = string.format('%.0f', seq), channel = ARGV[i + 1], id = ARGV[i + 2], prev = ARGV[i + 3], unordered = ARGV[i + 4] == '1',
          token = ARGV[i + 5], items = tonumber(ARGV[i + 9]), bytes = tonumber(ARGV[i + 10]), age = tonumber(ARGV[i + 11]), size = ARGV[i + 12],
          kept = ARGV[i + 13], body = ARGV[i + 14],
        }, tonumber(ARGV[i + 6]), tonumber(ARGV[i + 7]), tonumber(ARGV[i + 8]))
      end
      i = i + 15
    elseif kind == 'j' then
      if not again then result = join(node, ARGV[i + 1], ARGV[i + 2], at, lease) end
      i = i + 3
    elseif kind == 'l' then
      if not again then result = leave(node, ARGV[i + 1], ARGV[i + 2]) end
      i = i + 3
    elseif kind == 'k' then
      if not again then result = confirm(node, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
      i = i + 4
    elseif kind == 'f' then
      if not again then result = release(node, generation, seed, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
      i = i + 4
    elseif kind == 'm' then
      if not again then send(ARGV[i + 1], ARGV[i + 2], node, string.format('%.0f', seq), ARGV[i + 3], ARGV[i + 4]) end
      i = i + 5
    elseif kind == 'r' then
      if not again then lose(ARGV[i + 1]) end
      i = i + 2
    end
    results[k] = result or { 'r', '', '' }
    if not again then redis.call('HSET', key, 'seq', string.format('%.0f', seq)) end
  end

  local inbox = P .. 'in:' .. node
  redis.call('XTRIM', inbox, 'MINID', string.format('%.0f-0', tonumber(ARGV[4]) + 1))
  local entries = redis.call('XRANGE', inbox, '-', '+', 'COUNT', ARGV[5])
  local text = string.format('%.0f', now)
  redis.call('HSET', key, 'seen', text, 'doze', #entries == 0 and '1' or '0')
  if ARGV[8] ~= '0' then
    redis.call('ZADD', P .. 'nodes', text, node)
    forget_dead(tonumber(ARGV[8]))
  end
  return { 'ok', results, entries }
end

-- The rest reads logs: <op> <generation> <channel> <seed> <items> <bytes> <age> …
local name = ARGV[3]
local channel = channel_of(name)
if not channel then return { 'foreign' } end
epoch_of(name, channel, generation, ARGV[4])
trim(name, channel, tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]))
keep(name, channel, tonumber(ARGV[7]))
local newest = channel.e .. '-' .. string.format('%.0f', tonumber(channel.o) - tonumber(channel.b))

if op == 'state' then
  local oldest = math.max(1, tonumber(channel.f) - tonumber(channel.b))
  return { 'ok', newest, string.format('%.0f', oldest), channel.i or '', string.format('%.0f', tonumber(channel.o) - tonumber(channel.f) + 1), channel.y }
end

-- newest … <n>
if op == 'newest' then
  return { 'ok', newest, redis.call('XREVRANGE', P .. 'l:' .. name, '+', '-', 'COUNT', ARGV[8]) }
end

-- find … <id>
if op == 'find' then
  local place = redis.pcall('HGET', P .. 'x:' .. name, ARGV[8])
  if type(place) == 'table' then return { 'foreign' } end
  local remembered = channel.i and channel.i ~= ''
  if channel.i == ARGV[8] then return { 'ok', newest } end
  if tonumber(channel.o) < tonumber(channel.f) and not remembered then return { 'unproven', newest } end
  if not place then return { 'expired', newest } end
  local entry = redis.call('XRANGE', P .. 'l:' .. name, place .. '-0', place .. '-0')[1]
  if not entry then return { 'expired', newest } end
  return { 'ok', entry[2][4] }
end

-- read … <epoch> <offset> <most items> <most bytes>
if op == 'read' then
  local base, last = channel.b, channel.o
  if ARGV[8] ~= channel.e then
    local old = channel['e:' .. ARGV[8]]
    if not old then return { 'epoch', newest } end
    base, last = string.match(old, '^(%d+):(%d+)$')
    if tonumber(base) + tonumber(ARGV[9]) > tonumber(last) then return { 'epoch', newest } end
  end
  local from = tonumber(base) + tonumber(ARGV[9])
  if from > tonumber(last) then return { 'ahead', newest } end
  if from < tonumber(channel.f) - 1 then return { 'expired', newest } end
  local wanted, bytes = tonumber(ARGV[10]), tonumber(ARGV[11])
  local found = {}
  local next_offset = from + 1
  while wanted > 0 do
    local page = redis.call('XRANGE', P .. 'l:' .. name, string.format('%.0f-0', next_offset), '+', 'COUNT', math.min(wanted, 20))
    if #page == 0 then break end
    for _, entry in ipairs(page) do
      local size = tonumber(entry[2][10])
      if #found > 0 and size > bytes then wanted = 0 break end
      found[#found + 1] = entry
      bytes = bytes - size
      wanted = wanted - 1
    end
    next_offset = tonumber(string.match(page[#page][1], '^%d+')) + 1
  end
  return { 'ok', newest, found }
end

return { 'unknown' }
