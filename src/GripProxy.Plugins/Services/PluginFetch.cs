using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Services;

/// <summary><c>fetch</c> of a tenant's plugins (plugins-api.md §3.5): fifty at a time, further ones wait. Thread-safe.</summary>
#pragma warning disable CA1001 // A semaphore whose handle nobody asks for holds nothing.
internal sealed class PluginFetch(string tenant, EgressClient egress, PluginInstruments instruments, TimeProvider time)
#pragma warning restore CA1001
{
    private const int AtOnce = 50;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly ConcurrentDictionary<(int Install, string Request), CancellationTokenSource> _open = new();

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["fetch"] = CountAsync,
        ["fetch.abort"] = Abort,
    };

    private ValueTask<HostAnswer> Abort(Install install, JsonElement arguments)
    {
        if (_open.TryGetValue((install.Number, CellJson.Text(arguments, "id")), out var fetching))
            _ = fetching.CancelAsync();
        return ValueTask.FromResult(HostAnswer.Nothing);
    }

    private async ValueTask<HostAnswer> CountAsync(Install install, JsonElement arguments)
    {
        var result = await FetchAsync(install, arguments);
        instruments.Fetched(tenant, install.Name, result.Answer is { } answer ? $"{answer.Status / 100}xx" : result.Failure!.Problem.ToString().ToLowerInvariant()); // One of the two is there.
        return Write(result);
    }

    private async ValueTask<EgressResult> FetchAsync(Install install, JsonElement arguments)
    {
        var key = (install.Number, CellJson.Text(arguments, "id"));
        if (Read(install, arguments) is not { } request)
            return EgressResult.Failed(EgressProblem.BadRequest, "ERR_INVALID_URL", "the address of the request is none");
        using var limit = new CancellationTokenSource(Longest, time);
        if (!_open.TryAdd(key, limit))
            return EgressResult.Failed(EgressProblem.BadRequest, "EEXIST", "this request is already under way");
        var isFree = false;
        try
        {
            await _free.WaitAsync(limit.Token);
            isFree = true;
            return await egress.SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return EgressResult.Failed(EgressProblem.TimedOut, "ETIMEDOUT", $"request to {request.Url.Authority} was given up");
        }
        finally
        {
            if (isFree)
                _free.Release();
            _open.TryRemove(key, out _);
        }
    }

    private static EgressRequest? Read(Install install, JsonElement arguments)
    {
        if (!Uri.TryCreate(CellJson.Text(arguments, "url"), UriKind.Absolute, out var url))
            return null;
        return new EgressRequest
        {
            Url = url,
            Method = CellJson.Text(arguments, "method"),
            Headers = [.. arguments.GetProperty("headers").EnumerateArray().Select(field => new HeaderField(Member(field, 0), Member(field, 1)))],
            Body = CellJson.Find(arguments, "body")?.GetBytesFromBase64() is { } body ? body : (ReadOnlyMemory<byte>?)null,
            Redirect = CellJson.Text(arguments, "redirect") switch
            {
                "manual" => RedirectMode.Manual,
                "error" => RedirectMode.Error,
                _ => RedirectMode.Follow,
            },
            Timeout = CellJson.Find(arguments, "timeout_ms") is { } timeout ? TimeSpan.FromMilliseconds(timeout.GetDouble()) : Longest,
            Declared = install.Package.Manifest.Egress,
        };
    }

    private static string Member(JsonElement field, int index) => field[index].GetString() ?? throw new InvalidDataException("a header without text");

    /// <summary>What the cell makes an answer or a failure of.</summary>
    public static HostAnswer Write(EgressResult result)
    {
        var buffer = new ArrayBufferWriter<byte>((result.Answer?.Body.Length ?? 0) + 1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (result.Answer is { } answer)
            Write(json, answer);
        if (result.Failure is { } failure)
        {
            json.WriteStartObject("failure");
            json.WriteString("problem", failure.Problem.ToString());
            json.WriteString("code", failure.Code);
            json.WriteString("message", failure.Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return new HostAnswer(buffer.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, EgressAnswer answer)
    {
        json.WriteStartObject("answer");
        json.WriteNumber("status", answer.Status);
        json.WriteString("status_text", answer.Reason);
        json.WriteString("url", answer.Url.AbsoluteUri);
        json.WriteBoolean("redirected", answer.Redirected);
        json.WriteStartArray("headers");
        foreach (var field in answer.Headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(field.Name);
            json.WriteStringValue(field.Value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBase64String("body", answer.Body.Span);
        json.WriteEndObject();
    }
}
