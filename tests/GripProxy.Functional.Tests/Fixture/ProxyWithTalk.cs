using System.Globalization;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>One proxy in front of one origin that talks over WebSockets and over HTTP, shared by the tests of a class.</summary>
public class ProxyWithTalk : ProxyWithOrigin
{
    private const string OverHttpPath = "/over-http/";

    private int _lastNumber;

    /// <summary>A path of its own for a new conversation, and its origin.</summary>
    public (string Path, TalkOrigin Origin) Prepare(OriginKind kind)
    {
        int number = Interlocked.Increment(ref _lastNumber);
        if (kind == OriginKind.Native)
        {
            NativeTalkOrigin native = new();
            string path = string.Create(CultureInfo.InvariantCulture, $"/native/{number}");
            Origin.On(path, native.AnswerAsync);
            return (path, native);
        }

        OverHttpTalkOrigin overHttp = new();
        string httpPath = string.Create(CultureInfo.InvariantCulture, $"{OverHttpPath}{number}");
        Origin.On(httpPath, overHttp.AnswerAsync);
        return (httpPath, overHttp);
    }

    /// <summary>Opens a WebSocket to an origin of that kind, with further header lines in its handshake.</summary>
    public async Task<Talk> OpenAsync(OriginKind kind, params string[] headers)
    {
        (string path, TalkOrigin origin) = Prepare(kind);
        return new Talk(await RawWebSocket.ConnectAsync(Proxy.Client, path, headers), origin);
    }

    protected override void Configure(ProxySetup setup) => setup.Route($"*,path_beg={OverHttpPath} {Origin.Address},over_http");
}
