using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.Plugins.Trials;
using GripProxy.Protocol.Items;
using GripProxy.Security;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Targets;

/// <summary>
/// The items that wait for one other proxy, ten thousand at most, and the loop that sends them in their order (plugins.md §7.4, PLG-63). Whoever publishes only
/// puts items in. Owned by <see cref="GripTargets"/>.
/// </summary>
internal sealed partial class TargetQueue : IAsyncDisposable
{
    private const int Most = 10_000;
    private const int AtOnce = 100;

    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    // The process has a few seconds to end (CLI-05).
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly GripTarget _target;
    private readonly HttpMessageInvoker _client;
    private readonly Action<TargetOutcome, int> _count;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;
    private bool _isFailing;

    /// <summary>Begins to wait for items.</summary>
    /// <param name="target">Where they go.</param>
    /// <param name="client">Sends; the caller's.</param>
    /// <param name="count">Told what became of so many items.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it begins to fail and when it works again.</param>
    public TargetQueue(GripTarget target, HttpMessageInvoker client, Action<TargetOutcome, int> count, TimeProvider time, ILogger logger)
    {
        _target = target;
        _client = client;
        _count = count;
        _time = time;
        _logger = logger;
        _running = RunAsync();
    }

    /// <summary>Puts items in; those for which there is no room are dropped.</summary>
    public void Add(IReadOnlyList<Item> items)
    {
        var dropped = items.Count(item => !_items.Writer.TryWrite(item));
        if (dropped > 0)
            _count(TargetOutcome.Dropped, dropped);
    }

    /// <summary>Waits a little for what is there to be sent, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await Task.WhenAny(_running, Task.Delay(Farewell, _time));
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        // Not on the thread of whoever made it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await _items.Reader.WaitToReadAsync(_stopping.Token))
            {
                List<Item> batch = [];
                while (batch.Count < AtOnce && _items.Reader.TryRead(out var item))
                    batch.Add(item);
                _count(await SendAsync(batch) ? TargetOutcome.Sent : TargetOutcome.Failed, batch.Count);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task<bool> SendAsync(List<Item> batch)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["items"] = new JsonArray([.. batch.Select(ItemJson.Of)]) }.ToJsonString());
        for (var attempt = 0; ; attempt++)
        {
            var (isDone, mayPass, problem) = await TryAsync(body);
            if (isDone)
            {
                Tell(null);
                return true;
            }

            if (!mayPass || attempt == Delays.Length)
            {
                Tell(problem);
                return false;
            }

            await Task.Delay(Delays[attempt], _time, _stopping.Token);
        }
    }

    private async Task<(bool IsDone, bool MayPass, string Problem)> TryAsync(byte[] body)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, $"{_target.ControlUri.AbsoluteUri.TrimEnd('/')}/publish/") { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (_target.Key is { } key)
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", PublishToken.Create(key, _target.Issuer, TokenLifetime, _time));
            using var response = await _client.SendAsync(message, ending.Token);
            var status = (int)response.StatusCode;
            return (status is >= 200 and < 300, status is 408 or 429 or >= 500, $"it answers {status}");
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return (false, true, "it does not answer");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (false, true, e.Message);
        }
    }

    private void Tell(string? problem)
    {
        if (_isFailing == (problem is not null))
            return;
        _isFailing = !_isFailing;
        if (problem is null)
            Log.Works(_logger, _target.Name);
        else
            Log.Fails(_logger, _target.Name, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(7510, LogLevel.Warning, "the GRIP proxy {Target} does not take items: {Reason}", EventName = "TargetFails")]
        public static partial void Fails(ILogger logger, string target, string reason);

        [LoggerMessage(7511, LogLevel.Information, "the GRIP proxy {Target} takes items again", EventName = "TargetWorks")]
        public static partial void Works(ILogger logger, string target);
    }
}
