using System.Globalization;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>
/// A client that must not miss anything: it reads one channel through one node, leaves, and goes on through another one with what it has. Counts what it
/// got twice, out of order or not at all. Owned by its task.
/// </summary>
public sealed class ChaosClient(ChaosKind kind, int channel, IReadOnlyList<Uri> nodes, Random random, HttpClient http)
{
    /// <summary>Whether it goes elsewhere now and then, although nobody ends its connection.</summary>
    public bool IsRestless { get; init; } = true;

    private int _last;
    private int _snapshot;
    private string? _lastEventId;

    public ChaosKind Kind => kind;

    public int Channel => channel;

    /// <summary>Number of the last item it has; all before it were seen.</summary>
    public int Last => Volatile.Read(ref _last);

    public int Received { get; private set; }

    public int Duplicates { get; private set; }

    public int OutOfOrder { get; private set; }

    public int Moves { get; private set; }

    public int Resumed { get; private set; }

    public int Snapshots { get; private set; }

    /// <summary>What went wrong first, for the message of a failed test.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Reads until it has the last item, or until told to stop.</summary>
    public async Task RunAsync(Func<bool> isOver, CancellationToken stop)
    {
        while (!isOver() && !stop.IsCancellationRequested)
        {
            using CancellationTokenSource stay = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (IsRestless)
            {
                stay.CancelAfter(TimeSpan.FromMilliseconds(random.Next(500, 6000)));
            }

            try
            {
                await ReadAsync(nodes[random.Next(nodes.Count)], isOver, stay.Token);
            }
            catch (OperationCanceledException)
            {
                Moves++;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                // The connection was ended; it comes back elsewhere.
                Moves++;
            }
        }
    }

    private Task ReadAsync(Uri node, Func<bool> isOver, CancellationToken stop) => kind switch
    {
        ChaosKind.Poll => PollAsync(node, stop),
        ChaosKind.Link => StreamAsync(node, string.Create(CultureInfo.InvariantCulture, $"link/{channel}?after={_last}"), isOver, stop),
        _ => StreamAsync(node, string.Create(CultureInfo.InvariantCulture, $"position/{channel}"), isOver, stop),
    };

    private async Task PollAsync(Uri node, CancellationToken stop)
    {
        Uri address = new(node, string.Create(CultureInfo.InvariantCulture, $"poll/{channel}?after={_last}"));
        foreach (string line in (await http.GetStringAsync(address, stop)).Split('\n'))
        {
            Take(line);
        }
    }

    private async Task StreamAsync(Uri node, string path, Func<bool> isOver, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(node, path));
        if (kind == ChaosKind.Position && _lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", _lastEventId);
        }

        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        answer.EnsureSuccessStatusCode();
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(stop));
        List<string> lines = [];
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (line.Length > 0)
            {
                lines.Add(line);
                continue;
            }

            // An event counts as a whole, as for a browser: its id is only taken with it.
            if (lines.Contains("event: channel-open", StringComparer.Ordinal))
            {
                await OpenAsync(node, lines, stop);
            }
            else
            {
                lines.ForEach(Take);
            }

            _lastEventId = lines.FindLast(one => one.StartsWith("id: ", StringComparison.Ordinal))?[4..] ?? _lastEventId;
            lines.Clear();
            if (isOver())
            {
                return;
            }
        }
    }

    /// <summary>The stream says whether it goes on from where the client was. If not, the client asks the origin for what it lacks.</summary>
    private async Task OpenAsync(Uri node, List<string> lines, CancellationToken stop)
    {
        if (lines.Contains("data: {\"resumed\":true}", StringComparer.Ordinal))
        {
            Resumed++;
            return;
        }

        Snapshots++;
        string missed = await http.GetStringAsync(new Uri(node, string.Create(CultureInfo.InvariantCulture, $"history/{channel}?after={_last}")), stop);
        foreach (string line in missed.Split('\n'))
        {
            Take(line);
        }

        // What the data showed already may come once more, up to here.
        _snapshot = _last;
    }

    private void Take(string line)
    {
        if (!line.StartsWith("data: ", StringComparison.Ordinal))
        {
            return;
        }

        int number = int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
        if (number == _last + 1)
        {
            Received++;
            Volatile.Write(ref _last, number);
        }
        else if (number > _last)
        {
            // Something is missing before it; whether it ever comes is seen at the end.
            OutOfOrder++;
            Trouble ??= $"{kind} on {channel}: {number} after {_last}, resumed {Resumed}, snapshots {Snapshots}";
        }
        else if (number > _snapshot)
        {
            Duplicates++;
            Trouble ??= $"{kind} on {channel}: {number} again after {_last}, snapshot {_snapshot}, resumed {Resumed}";
        }
    }
}
