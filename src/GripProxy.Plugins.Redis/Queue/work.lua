-- Everything of one tenant that waits: events in partitions, work beside the chain, dead letters. KEYS[1] is the beginning of all keys of the tenant; its hash tag keeps
-- them in one slot. README.md explains the keys.
local T = KEYS[1]
local op = ARGV[1]
local at = 1

local function arg()
  at = at + 1
  return ARGV[at]
end

local function number() return tonumber(arg()) end
local function text(value) return string.format('%.0f', value) end
local function stream(partition) return T .. 'ev:' .. partition end

local function usage()
  local counts = redis.call('HMGET', T .. 'q', 'events', 'works', 'bytes')
  return tonumber(counts[1] or 0), tonumber(counts[2] or 0), tonumber(counts[3] or 0)
end

local function count(field, by)
  if by ~= 0 then redis.call('HINCRBY', T .. 'q', field, text(by)) end
end

-- An answer: something, and how much waits now.
local function answer(first)
  local events, works, bytes = usage()
  return { first, events, works, bytes }
end

-- False: as much waits as may. Reads the limits.
local function has_room(number_of, size)
  local most, room = number(), number()
  local events, works, bytes = usage()
  return events + works + number_of <= most and bytes + size <= room
end

-- False: somebody has held the partition since. Whoever comes with a higher epoch than before shuts the others out.
local function may_write(partition, epoch)
  local known = tonumber(redis.call('HGET', T .. 'fence', partition) or 0)
  if known > epoch then return false end
  if known < epoch then redis.call('HSET', T .. 'fence', partition, text(epoch)) end
  return true
end

-- Work -----------------------------------------------------------------------------------------------------------------

local EXPORTS, JOBS = 1, 2

local function due_key(partition, install, line) return T .. 'wd:' .. partition .. ':' .. install .. ':' .. line end
local function fresh_key(partition, install) return T .. 'wu:' .. partition .. ':' .. install end
local function batch_key(batch) return T .. 'wg:' .. batch end
local function partition_of(id) return text(tonumber(id) % 16) end

-- What is known of work: created, due, attempts, replayed, depth, batch, install, line, method, event.
local CREATED, DUE, ATTEMPTS, BATCH, INSTALL, LINE = 1, 2, 3, 6, 7, 8

-- Exports wait by their place until they have been tried, and by batch then; everything else by its time.
local function link(id, about, size)
  if about[ATTEMPTS] > 0 then redis.call('SADD', T .. 'wt', id) end
  if about[LINE] ~= JOBS then redis.call('ZADD', T .. 'wo', text(about[CREATED]), id) end
  local partition, install = partition_of(id), text(about[INSTALL])
  if about[LINE] ~= EXPORTS then
    redis.call('ZADD', due_key(partition, install, text(about[LINE])), text(about[DUE]), id)
  elseif about[BATCH] == 0 then
    redis.call('ZADD', fresh_key(partition, install), id, id)
    redis.call('HINCRBY', T .. 'wx:' .. partition, install, size + 1)
  else
    local batch = text(about[BATCH])
    redis.call('ZADD', batch_key(batch), id, id)
    redis.call('ZADD', due_key(partition_of(batch), install, '1'), text(about[DUE]), batch)
  end
end

local function unlink(id, about, size)
  if about[ATTEMPTS] > 0 then redis.call('SREM', T .. 'wt', id) end
  redis.call('ZREM', T .. 'wo', id)
  local partition, install = partition_of(id), text(about[INSTALL])
  if about[LINE] ~= EXPORTS then
    redis.call('ZREM', due_key(partition, install, text(about[LINE])), id)
  elseif about[BATCH] == 0 then
    redis.call('ZREM', fresh_key(partition, install), id)
    redis.call('HINCRBY', T .. 'wx:' .. partition, install, -size - 1)
  else
    local batch = text(about[BATCH])
    redis.call('ZREM', batch_key(batch), id)
    if redis.call('EXISTS', batch_key(batch)) == 0 then redis.call('ZREM', due_key(partition_of(batch), install, '1'), batch) end
  end
end

-- Reads partition, what is known of it, and its body. Its number.
local function add_work()
  local partition, meta, body = arg(), arg(), arg()
  local about = cjson.decode(meta)
  local id = text(redis.call('INCR', T .. 'n') * 16 + tonumber(partition))
  redis.call('HSET', T .. 'wm:' .. partition, id, meta)
  redis.call('HSET', T .. 'wb:' .. partition, id, body)
  redis.call('HINCRBY', T .. 'wi', text(about[INSTALL]), 1)
  link(id, about, #body)
  count('works', 1)
  count('bytes', #body)
  return id
end

-- False: it was not there any more.
local function remove_work(id)
  local partition = partition_of(id)
  local meta = redis.call('HGET', T .. 'wm:' .. partition, id)
  if not meta then return false end
  local about, size = cjson.decode(meta), redis.call('HSTRLEN', T .. 'wb:' .. partition, id)
  unlink(id, about, size)
  redis.call('HDEL', T .. 'wm:' .. partition, id)
  redis.call('HDEL', T .. 'wb:' .. partition, id)
  if redis.call('HINCRBY', T .. 'wi', text(about[INSTALL]), -1) <= 0 then redis.call('HDEL', T .. 'wi', text(about[INSTALL])) end
  count('works', -1)
  count('bytes', -size)
  return true
end

-- True: it was read under a lease that nobody has held since, or by an operator, who needs none.
local function may_end(id, epoch) return epoch == 0 or may_write(partition_of(id), epoch) end

local function whole(id)
  local partition = partition_of(id)
  return { id, redis.call('HGET', T .. 'wm:' .. partition, id), redis.call('HGET', T .. 'wb:' .. partition, id) }
end

local function wholes(ids)
  local found = {}
  for _, id in ipairs(ids) do
    local one = whole(id)
    if one[2] and one[3] then found[#found + 1] = one end
  end
  return found
end

-- Reads a list of texts: how many, then each.
local function list()
  local found = {}
  for i = 1, number() do found[i] = arg() end
  return found
end

-- Reads partitions: how many, then partition and epoch of each. Those that nobody has taken over since; whoever held one before comes too late from now on.
local function owned()
  local found = {}
  for _ = 1, number() do
    local partition, epoch = arg(), number()
    if may_write(partition, epoch) then found[#found + 1] = partition end
  end
  return found
end

-- Work of a line in some partitions, except some, the longest due first: pairs of due and number.
local function waiting(install, line, partitions, except, latest, most)
  local left_out, found = {}, {}
  for _, id in ipairs(except) do left_out[id] = true end
  for _, partition in ipairs(partitions) do
    local pairs_of = redis.call('ZRANGEBYSCORE', due_key(partition, install, line), '-inf', latest, 'WITHSCORES', 'LIMIT', 0, most + #except)
    for i = 1, #pairs_of, 2 do
      if not left_out[pairs_of[i]] then found[#found + 1] = { tonumber(pairs_of[i + 1]), pairs_of[i] } end
    end
  end
  table.sort(found, function(a, b) return a[1] < b[1] or (a[1] == b[1] and tonumber(a[2]) < tonumber(b[2])) end)
  return found
end

-- Dead letters -----------------------------------------------------------------------------------------------------------

-- What is known of them: time, stage, install, attempts, replayed, error, stack, event, received.
local function remove_letter(id)
  local meta = redis.call('HGET', T .. 'dm', id)
  if not meta then return false end
  local stage = cjson.decode(meta)[2]
  redis.call('HDEL', T .. 'dm', id)
  redis.call('HDEL', T .. 'db', id)
  redis.call('ZREM', T .. 'dl', id)
  if redis.call('HINCRBY', T .. 'ds', stage, -1) <= 0 then redis.call('HDEL', T .. 'ds', stage) end
  return true
end

-- Reads what is known, the body, how many may be kept, and from when.
local function add_letter()
  local meta, body, most, oldest = arg(), arg(), number(), number()
  local id = text(redis.call('INCR', T .. 'dn'))
  redis.call('HSET', T .. 'dm', id, meta)
  redis.call('HSET', T .. 'db', id, body)
  redis.call('ZADD', T .. 'dl', id, id)
  redis.call('HINCRBY', T .. 'ds', cjson.decode(meta)[2], 1)
  for _ = 1, 100 do
    local first = redis.call('ZRANGE', T .. 'dl', 0, 0)[1]
    if not first then break end
    if redis.call('ZCARD', T .. 'dl') <= most and cjson.decode(redis.call('HGET', T .. 'dm', first))[1] >= oldest then break end
    remove_letter(first)
  end
end

-- Events -----------------------------------------------------------------------------------------------------------------

-- Reads partition, what is known of it, its key and its body.
local function add_event()
  local partition, meta, key, body = arg(), arg(), arg(), arg()
  redis.call('XADD', stream(partition), '*', 'm', meta, 'k', key, 'b', body)
  count('events', 1)
  count('bytes', #body)
end

-- Reads partition, epoch, place and size. False: it was not there any more, or is another node's.
local function remove_event()
  local partition, epoch, id, size = arg(), number(), arg(), number()
  if not may_write(partition, epoch) then return false end
  redis.pcall('XACK', stream(partition), 'cells', id)
  if redis.call('XDEL', stream(partition), id) == 0 then return false end
  redis.call('HDEL', T .. 'er:' .. partition, id)
  count('events', -1)
  count('bytes', -size)
  return true
end

local function group(partition, command, ...)
  local answered = redis.pcall(command, ...)
  if not answered or not answered.err then return answered end
  if not string.find(answered.err, 'NOGROUP') then return answered end
  if redis.call('EXISTS', stream(partition)) == 0 then return false end
  redis.call('XGROUP', 'CREATE', stream(partition), 'cells', '0')
  return redis.call(command, ...)
end

-- All nodes are one consumer: leases say which of them reads, and a name for each process would stay in Redis for ever.
local CONSUMER = 'owner'

-- What was given out and is not known to the reader, from a place on: entries, and the place to go on from, or an empty text.
local function claim(partition, from, most)
  local claimed = group(partition, 'XAUTOCLAIM', stream(partition), 'cells', CONSUMER, 0, from, 'COUNT', most)
  if not claimed then return {}, '' end
  if claimed.err then return nil, claimed end
  return claimed[2], claimed[1] == '0-0' and '' or claimed[1]
end

local function fresh(partition, most)
  local read = group(partition, 'XREADGROUP', 'GROUP', 'cells', CONSUMER, 'COUNT', most, 'STREAMS', stream(partition), '>')
  if read and read.err then return nil, read end
  local entries = read and read[1] and read[1][2] or {}
  if #entries > 0 then redis.call('HSET', T .. 'rd', partition, entries[#entries][1]) end
  return entries
end

-- The last entry of a partition that was given out, or an empty text.
local function given(partition) return redis.call('HGET', T .. 'rd', partition) or '' end

-- Operations ---------------------------------------------------------------------------------------------------------------

local operations = {}

-- how many, bytes, limits, channel and message to wake others with or empty texts, events
function operations.put()
  local many, size = number(), number()
  if not has_room(many, size) then return answer(0) end
  local channel, message = arg(), arg()
  for _ = 1, many do add_event() end
  if channel ~= '' then redis.call('PUBLISH', channel, message) end
  return answer(1)
end

-- One step of reading a partition. False: there is no more of it now, or the fault.
local function step(one, most, keep)
  local got, fault
  if one.place ~= '' then
    got, one.place = claim(one.partition, one.place, most)
    if not got then return false, one.place end
    keep(one, got)
    return true
  end
  got, fault = fresh(one.partition, most)
  if not got then return false, fault end
  keep(one, got)
  return #got == most
end

-- how many, bytes, then partition, epoch, place and last known of each: of each whether it is ours, where to go on with what an earlier holder left (an empty text: there is
-- no more of it), entries: first what was left, then what is new; and the last that was given out. A few of each partition in turn, so that a long one keeps no other waiting.
function operations.take()
  local left, room = number(), number()
  local all, open = {}, {}
  while at < #ARGV do
    local one = { partition = arg(), epoch = number(), place = arg(), entries = {} }
    local known = arg()
    one.is_ours = may_write(one.partition, one.epoch)
    -- An answer was lost on its way: what it gave out is given out once more, before all that is new.
    if one.place == '' and given(one.partition) ~= known then one.place = known == '' and '0-0' or '(' .. known end
    all[#all + 1] = one
    if one.is_ours then open[#open + 1] = one end
  end
  local function keep(one, got)
    for _, entry in ipairs(got) do
      if entry and entry[2] then
        local body = entry[2][6]
        one.entries[#one.entries + 1] = { entry[1], entry[2][2], entry[2][4], body, redis.call('HGET', T .. 'er:' .. one.partition, entry[1]) or '' }
        left, room = left - 1, room - #body
      end
    end
  end
  while #open > 0 and left > 0 and room > 0 do
    local more = {}
    for i, one in ipairs(open) do
      if left <= 0 or room <= 0 then break end
      local has_more, fault = step(one, math.min(20, left), keep)
      if fault then return fault end
      if has_more then more[#more + 1] = one end
    end
    open = more
  end
  local found = {}
  for i, one in ipairs(all) do found[i] = { one.is_ours and 1 or 0, one.place, one.entries, given(one.partition) } end
  return found
end

-- how many events, events, how many works, works: how many events were there.
function operations.done()
  local removed = 0
  for _ = 1, number() do
    if remove_event() then removed = removed + 1 end
  end
  -- What is not there any more has ended before, and its work was stored then.
  if removed > 0 then
    for _ = 1, number() do add_work() end
  end
  return answer(removed)
end

-- partition, epoch, place, what is new of it
function operations.postpone()
  local partition, epoch, id, note = arg(), number(), arg(), arg()
  if may_write(partition, epoch) and #redis.call('XRANGE', stream(partition), id, id) > 0 then redis.call('HSET', T .. 'er:' .. partition, id, note) end
  return 1
end

-- an event, a letter
function operations.bury()
  local removed = remove_event()
  if removed then add_letter() end
  return answer(removed and 1 or 0)
end

-- bytes, limits, channel and message to wake others with or empty texts, work: its number, or an empty text if there is no room.
function operations.work()
  if not has_room(1, number()) then return answer('') end
  local channel, message = arg(), arg()
  local id = add_work()
  if channel ~= '' then redis.call('PUBLISH', channel, message) end
  return answer(id)
end

-- install, line, latest, how many, partitions, except
function operations.due()
  local install, line, latest, most = arg(), arg(), arg(), number()
  local partitions = owned()
  local ids = {}
  for i, one in ipairs(waiting(install, line, partitions, list(), latest, most)) do
    if i > most then break end
    ids[i] = one[2]
  end
  return wholes(ids)
end

-- install, line, partitions, except: when the first is due, or an empty text
function operations.next()
  local install, line, partitions = arg(), arg(), owned()
  local first = waiting(install, line, partitions, list(), '+inf', 1)[1]
  return first and text(first[1]) or ''
end

-- install or an empty text, line, after, how many
function operations.list()
  local only, line, after, most = arg(), arg(), number(), number()
  local ids = {}
  local function add(found)
    for _, id in ipairs(found) do
      if tonumber(id) > after then ids[#ids + 1] = id end
    end
  end
  for _, install in ipairs(redis.call('HKEYS', T .. 'wi')) do
    if only == '' or only == install then
      for partition = 0, 15 do
        local due = redis.call('ZRANGE', due_key(text(partition), install, line), 0, -1)
        if tonumber(line) == EXPORTS then
          add(redis.call('ZRANGE', fresh_key(text(partition), install), 0, -1))
          for _, batch in ipairs(due) do add(redis.call('ZRANGE', batch_key(batch), 0, -1)) end
        else
          add(due)
        end
      end
    end
  end
  table.sort(ids, function(a, b) return tonumber(a) < tonumber(b) end)
  return wholes({ unpack(ids, 1, math.min(#ids, most)) })
end

-- install, partitions: bytes of exports that were not tried, and since when
function operations.buffer()
  local install, bytes, oldest = arg(), 0, ''
  local first
  for _, partition in ipairs(owned()) do
    bytes = bytes + tonumber(redis.call('HGET', T .. 'wx:' .. partition, install) or 0)
    local id = redis.call('ZRANGE', fresh_key(partition, install), 0, 0)[1]
    if id and (not first or tonumber(id) < tonumber(first)) then first = id end
  end
  if first then oldest = text(cjson.decode(redis.call('HGET', T .. 'wm:' .. partition_of(first), first))[CREATED]) end
  return { text(bytes), oldest }
end

-- install, bytes, partitions: exports that were not tried
function operations.fresh()
  local install, bytes = arg(), number()
  local ids, chosen = {}, {}
  for _, partition in ipairs(owned()) do
    for _, id in ipairs(redis.call('ZRANGE', fresh_key(partition, install), 0, 4999)) do ids[#ids + 1] = id end
  end
  table.sort(ids, function(a, b) return tonumber(a) < tonumber(b) end)
  for _, id in ipairs(ids) do
    bytes = bytes - redis.call('HSTRLEN', T .. 'wb:' .. partition_of(id), id) - 1
    if bytes < 0 and #chosen > 0 then break end
    chosen[#chosen + 1] = id
    if #chosen == 5000 then break end
  end
  return wholes(chosen)
end

-- install, partitions: the exports of the batch that is due first
function operations.batch()
  local install = arg()
  local first = waiting(install, '1', owned(), {}, '+inf', 1)[1]
  return first and wholes(redis.call('ZRANGE', batch_key(first[2]), 0, -1)) or {}
end

-- how many, then number and epoch of each
function operations.forget()
  local removed = 0
  for _ = 1, number() do
    local id, epoch = arg(), number()
    if may_end(id, epoch) and remove_work(id) then removed = removed + 1 end
  end
  return answer(removed)
end

-- how many, then number, epoch, what is known of it and body of each
function operations.change()
  for _ = 1, number() do
    local id, epoch, meta, body = arg(), number(), arg(), arg()
    local partition = partition_of(id)
    local known = redis.call('HGET', T .. 'wm:' .. partition, id)
    if known and may_end(id, epoch) then
      local before = redis.call('HSTRLEN', T .. 'wb:' .. partition, id)
      unlink(id, cjson.decode(known), before)
      redis.call('HSET', T .. 'wm:' .. partition, id, meta)
      redis.call('HSET', T .. 'wb:' .. partition, id, body)
      link(id, cjson.decode(meta), #body)
      count('bytes', #body - before)
    end
  end
  return answer(1)
end

-- numbers and epochs of work, a letter
function operations.burywork()
  local removed = operations.forget()[1]
  if removed > 0 then add_letter() end
  return answer(removed)
end

function operations.installs()
  return redis.call('HKEYS', T .. 'wi')
end

-- after, how many, whether with bodies
function operations.letters()
  local after, most, with_body = arg(), number(), arg() == '1'
  local found = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', T .. 'dl', '(' .. after, '+inf', 'LIMIT', 0, most)) do
    found[#found + 1] = { id, redis.call('HGET', T .. 'dm', id), with_body and redis.call('HGET', T .. 'db', id) or '' }
  end
  return found
end

-- numbers
function operations.these()
  local found = {}
  for _, id in ipairs(list()) do
    local meta = redis.call('HGET', T .. 'dm', id)
    if meta then found[#found + 1] = { id, meta, redis.call('HGET', T .. 'db', id) } end
  end
  return found
end

function operations.lastletter()
  return redis.call('ZREVRANGE', T .. 'dl', 0, 0)[1] or '0'
end

function operations.dropletters()
  local removed = 0
  for _, id in ipairs(list()) do
    if remove_letter(id) then removed = removed + 1 end
  end
  return removed
end

-- letters, how many events, bytes, limits, events, how many works, works. Letters that somebody else took are nobody's.
function operations.replay()
  local letters = list()
  for _, id in ipairs(letters) do
    if redis.call('HEXISTS', T .. 'dm', id) == 0 then return answer(0) end
  end
  local many, size = number(), number()
  if not has_room(many, size) then return answer(0) end
  for _, id in ipairs(letters) do remove_letter(id) end
  for _ = 1, many do add_event() end
  for _ = 1, number() do add_work() end
  redis.call('PUBLISH', arg(), arg())
  return answer(1)
end

-- install, task: when it ran last, or an empty text
function operations.lastrun()
  return redis.call('HGET', T .. 'sr', arg() .. '/' .. arg()) or ''
end

-- install, task, time: 1 if nobody has run it for this time or a later one
function operations.claimrun()
  local field, time = arg() .. '/' .. arg(), arg()
  if tonumber(redis.call('HGET', T .. 'sr', field) or 0) >= tonumber(time) then return 0 end
  redis.call('HSET', T .. 'sr', field, time)
  return 1
end

-- How much waits, since when, how many letters of each stage, and how much is tried again.
function operations.look()
  local events, works, bytes = usage()
  local oldest
  local tried = redis.call('SCARD', T .. 'wt')
  for partition = 0, 15 do
    tried = tried + redis.call('HLEN', T .. 'er:' .. partition)
    local first = redis.call('XRANGE', stream(text(partition)), '-', '+', 'COUNT', 1)[1]
    local time = first and tonumber(string.match(first[1], '^%d+'))
    if time and (not oldest or time < oldest) then oldest = time end
  end
  return { events, works, bytes, oldest and text(oldest) or '', redis.call('HGETALL', T .. 'ds'), tried, redis.call('ZRANGE', T .. 'wo', 0, 0, 'WITHSCORES')[2] or '' }
end

return operations[op]()
