using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.State;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Nodes;

/// <summary>What a node makes of others that do not answer as nodes do (plugins.md §7.10, §12.3).</summary>
public sealed class PeerCallsTests
{
    private static readonly PeerQuestion Question = new(1, 7, "functions.pay", TimeSpan.FromSeconds(30), ["1"u8.ToArray()]);

    [Theory]
    [InlineData("", "401 Unauthorized", false)]
    [InlineData("100 Continue", "400 Bad Request", false)]
    [InlineData("100 Continue", "500 Internal Server Error", true)]
    public async Task PLG41_Call_ThatMayHaveBeenMade_IsNotMadeAgain(string first, string then, bool isMade)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, first, then);
        using var calls = Open(listener.LocalEndpoint.ToString());

        var answer = await calls.TryAsync(Question);

        Assert.Equal(isMade ? DirectOutcome.NoCell : null, answer?.Outcome);
        await answering;
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1:1/v1/publish?x=")]
    [InlineData("user@127.0.0.1:1")]
    [InlineData("not an address")]
    [InlineData("")]
    public async Task PLG45_Address_ThatNamesMoreThanANode_IsNotCalled(string address)
    {
        using var calls = Open(address);

        Assert.Null(await calls.TryAsync(Question));
    }

    private static PeerCalls Open(string? address)
    {
        var report = new NodeReport
        {
            Node = "b",
            Revision = 1,
            Installs = new Dictionary<string, InstallReport>(StringComparer.Ordinal) { [InstallRecord.FieldOf(1, 7)] = new("enabled", IsPending: false, IsWarm: true) },
            Address = address,
        };
        // Nobody waits too long here.
        var time = new ManualTime();
        return new PeerCalls(new PeerSeal("the key of the cluster", time), () => Task.FromResult<IReadOnlyList<NodeReport>>([report]), time, NullLogger<PeerCalls>.Instance);
    }

    private static async Task AnswerAsync(TcpListener listener, string first, string then)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        using var lines = new StreamReader(stream, Encoding.Latin1);
        while (await lines.ReadLineAsync() is { Length: > 0 })
        {
            // The header.
        }

        if (first.Length > 0)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {first}\r\n\r\n"));
            var length = Question.Write().Length;
            Assert.Equal(length, await lines.ReadBlockAsync(new char[length]));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {then}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }
}
