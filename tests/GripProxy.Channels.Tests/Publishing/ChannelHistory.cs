using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tests.Publishing;

/// <summary>
/// One random life of a channel: publishes with ids and prev-ids, some twice, late, lost or without id, while holds join and leave. After each
/// step the deliveries are compared with the rules of PUB-30 and PUB-31. All from one seed.
/// </summary>
internal sealed class ChannelHistory : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    // A tick of the wheel at each end, and a step of the clock.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(150);

    private readonly int _seed;
    private readonly Random _random;
    private readonly ChannelsFixture _channels;
    private readonly List<(RecordingOutbound Hold, Subscription Place)> _holds = [];
    private readonly List<(Item Item, DateTimeOffset Since)> _waiting = [];
    private readonly HashSet<Item> _delivered = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _knownIds = [];
    private readonly List<Item> _late = [];
    private readonly List<string> _trace = [];
    private string? _lastId;
    private int _number;

    public ChannelHistory(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _channels = new ChannelsFixture(new ChannelsOptions
        {
            MessageWait = Wait,
            IdCacheTtl = TimeSpan.FromHours(1),
            UpdateOnFirstSubscription = false,
        });
    }

    public int Deliveries => _delivered.Count;

    public void Run()
    {
        Join();
        for (var step = 0; step < 40; step++)
            Step();
        // Whatever still waits comes out in the end.
        Pass(Wait + Slack);
        Check(_waiting.Count == 0 || _holds.Count == 0, "something waits for ever");
    }

    public void Dispose() => _channels.Dispose();

    private void Step()
    {
        switch (_random.Next(20))
        {
            case 0:
                Join();
                break;
            case 1 when _holds.Count > 0:
                Leave();
                break;
            case 2 or 3 or 4:
                Pass(TimeSpan.FromMilliseconds(_random.Next(2500)));
                break;
            case 5:
                Note("recover");
                _channels.Pipeline.Recover();
                _lastId = null;
                break;
            case 6 when _random.Next(10) == 0:
                for (var i = 0; i < 110; i++)
                    Publish(Next(skip: 2));
                break;
            default:
                Publish(Choose());
                break;
        }
    }

    private Item Choose()
    {
        switch (_random.Next(16))
        {
            case 0 or 1 when _late.Count > 0:
                var late = _late[_random.Next(_late.Count)];
                _late.Remove(late);
                return late;
            case 2 or 3:
                // Overtakes the one before it, which comes late or never.
                var overtaken = Next();
                if (_random.Next(3) > 0)
                    _late.Add(overtaken);
                return Next();
            case 4:
                return ChannelsFixture.StreamItem($"{_random.Next(1, _number + 2)}", $"{_random.Next(_number + 1)}");
            case 5:
                return ChannelsFixture.StreamItem($"fork{_trace.Count}", $"{_random.Next(Math.Max(0, _number - 2), _number + 2)}");
            case 6:
                return ChannelsFixture.StreamItem(id: null, _random.Next(2) == 0 ? null : $"{_number}");
            case 7:
                return ChannelsFixture.StreamItem($"fast{_trace.Count}", $"{_number + 5}", noSequence: true);
            case 8:
                return ChannelsFixture.StreamItem($"{++_number}");
            default:
                return Next();
        }
    }

    private Item Next(int skip = 0) => ChannelsFixture.StreamItem($"{_number += 1 + skip}", $"{_number - 1}");

    private void Join()
    {
        Note("join");
        var hold = new RecordingOutbound();
        _holds.Add((hold, _channels.Table.Join(hold, "c", SubscriptionMode.Stream, prevId: null)));
    }

    private void Leave()
    {
        Note("leave");
        var index = _random.Next(_holds.Count);
        _channels.Table.Leave(_holds[index].Place);
        _holds.RemoveAt(index);
        if (_holds.Count > 0)
            return;
        _lastId = null;
        _waiting.Clear();
    }

    private void Publish(Item item)
    {
        Note($"publish {item.Id}<-{item.PrevId}{(item.NoSequence ? " no-seq" : "")}");
        _channels.Pipeline.Publish([item]);
        var news = TakeNews();
        var isNew = item.Id is null || _knownIds.Add(item.Id);
        if (!isNew || _holds.Count == 0)
            Check(news.Count == 0, "an id came twice");
        else if (item.NoSequence)
            Check(news.Count == 1 && ReferenceEquals(news[0], item), "no-seq is at once and alone");
        else if (item.PrevId is not null && (_lastId is null ? _waiting.Exists(w => w.Item.Id == item.PrevId) : item.PrevId != _lastId))
            Check(news.Count == 0 && KeepWaiting(item), "it has to wait");
        else
            CheckChain(item, news);
        CheckNothingIsDue();
    }

    /// <summary>A second item for a place, and the hundred and first, are lost; <see cref="TakeNews"/> sees to it that they stay so.</summary>
    private bool KeepWaiting(Item item)
    {
        if (_waiting.Count < 100 && !_waiting.Exists(w => w.Item.PrevId == item.PrevId))
            _waiting.Add((item, _channels.Time.GetUtcNow()));
        return true;
    }

    private void CheckChain(Item first, List<Item> news)
    {
        Check(news.Count > 0 && ReferenceEquals(news[0], first), "it is next");
        _lastId = first.Id;
        foreach (var item in news.Skip(1))
            CheckChained(item);
    }

    private void CheckChained(Item item)
    {
        Check(_lastId is not null && item.PrevId == _lastId && TakeWaiting(item), $"{item.Id} does not follow {_lastId}");
        _lastId = item.Id;
    }

    private void Pass(TimeSpan time)
    {
        Note($"pass {time.TotalMilliseconds} ms");
        _channels.Time.Advance(time);
        foreach (var item in TakeNews())
        {
            var isExpired = _waiting.Count > 0 && ReferenceEquals(_waiting[0].Item, item) && Age(_waiting[0].Since) >= Wait;
            if (isExpired && TakeWaiting(item))
                _lastId = item.Id;
            else
                CheckChained(item);
        }

        CheckNothingIsDue();
    }

    private void CheckNothingIsDue()
    {
        Check(!_waiting.Exists(w => Age(w.Since) > Wait + Slack), "held longer than message_wait");
        Check(_lastId is null || !_waiting.Exists(w => w.Item.PrevId == _lastId), "the next one waits although it is next");
    }

    private bool TakeWaiting(Item item) => _waiting.RemoveAll(w => ReferenceEquals(w.Item, item)) == 1;

    private TimeSpan Age(DateTimeOffset since) => _channels.Time.GetUtcNow() - since;

    /// <summary>What every hold got since the last step: the same for all, nothing twice.</summary>
    private List<Item> TakeNews()
    {
        List<Item> news = [];
        foreach (var (hold, _) in _holds)
        {
            if (ReferenceEquals(hold, _holds[0].Hold))
                news = [.. hold.Items];
            Check(news.SequenceEqual(hold.Items, ReferenceEqualityComparer.Instance), "holds differ");
            hold.Items.Clear();
        }

        foreach (var item in news)
            Check(_delivered.Add(item), $"{item.Id} was delivered twice");
        return news;
    }

    private void Note(string action) => _trace.Add(action);

    private void Check(bool isRight, string rule) =>
        Assert.True(isRight, $"seed {_seed}: {rule}\nlast id {_lastId}, waiting {string.Join(' ', _waiting.Select(w => w.Item.Id))}\n{string.Join('\n', _trace.TakeLast(30))}");
}
