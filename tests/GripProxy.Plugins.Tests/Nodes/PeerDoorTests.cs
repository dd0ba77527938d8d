using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Tests.Nodes;

/// <summary>Who may ask a node to call its plugins (plugins.md §12.3).</summary>
public sealed class PeerDoorTests
{
    private const string Address = "10.0.0.5:5561";

    private readonly ManualTime _time = new();
    private readonly PeerSeal _seal;
    private readonly PeerDoor _door;
    private readonly byte[] _question = new PeerQuestion(1, 7, "functions.pay", TimeSpan.FromSeconds(5), ["1"u8.ToArray()]).Write();

    public PeerDoorTests()
    {
        _seal = new PeerSeal("the key of the cluster", _time);
        _door = new PeerDoor(_seal, Address, new UsedSeals(_time), static _ => null);
    }

    [Fact]
    public async Task PLG45_Question_ThatWasCopied_IsRefused()
    {
        var proof = _seal.OfQuestion(Address, _question);
        var again = _seal.OfQuestion(Address, _question);

        // 404: it may ask, and there is no such plugin.
        Assert.Equal(404, await AskAsync(proof, _question));
        Assert.Equal(401, await AskAsync(proof, _question));
        Assert.Equal(404, await AskAsync(again, _question));
        Assert.Equal(401, await AskAsync(_seal.OfQuestion("10.0.0.6:5561", _question), _question));
        Assert.Equal(401, await AskAsync(_seal.OfQuestion(Address, "another"u8), _question));
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            Assert.Equal(401, await AskAsync(proof, _question));
        }
    }

    [Fact]
    public async Task PLG45_Question_OfAStranger_IsNotRead()
    {
        var stranger = new PeerSeal("the key of another one", _time);
        using var body = new MemoryStream(_question);

        Assert.Equal(401, await AskAsync(stranger.OfQuestion(Address, _question), body));
        Assert.Equal(401, await AskAsync("", body));
        Assert.Equal(0, body.Position);
    }

    private async Task<int> AskAsync(string proof, byte[] question)
    {
        using var body = new MemoryStream(question);
        return await AskAsync(proof, body);
    }

    private async Task<int> AskAsync(string proof, Stream body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Body = body;
        context.Request.Headers[PeerDoor.Header] = proof;
        await _door.HandleAsync(context);
        return context.Response.StatusCode;
    }
}
