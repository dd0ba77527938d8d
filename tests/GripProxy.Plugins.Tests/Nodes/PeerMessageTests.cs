using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Nodes;

/// <summary>What nodes send each other when one calls the other's plugins (plugins.md §12.3).</summary>
public sealed class PeerMessageTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void PLG45_Seal_FitsItsBytesKeyAndNodeOnly_AndForAMinute()
    {
        var seal = new PeerSeal("the key of the cluster", _time);
        var other = new PeerSeal("the key of another one", _time);
        var proof = seal.OfQuestion("a:1", "question"u8);
        var answer = seal.OfAnswer(proof, "answer"u8);

        Assert.True(seal.IsGenuine(proof, "a:1"));
        Assert.False(seal.IsGenuine(proof, "b:1"));
        Assert.False(other.IsGenuine(proof, "a:1"));
        Assert.True(PeerSeal.Fits(proof, "question"u8));
        Assert.False(PeerSeal.Fits(proof, "Question"u8));
        Assert.True(seal.FitsAnswer(answer, proof, "answer"u8));
        Assert.False(seal.FitsAnswer(answer, seal.OfQuestion("a:1", "question"u8), "answer"u8));
        Assert.False(other.FitsAnswer(answer, proof, "answer"u8));
        var parts = proof.Split('.');
        foreach (var wrong in new[] { "", ".", "...", "x.y", "1", parts[0], $"{proof}.1", $"{parts[0]}.0.{parts[2]}.{parts[3]}", $"{parts[0]}.{parts[1]}.0.{parts[3]}" })
            Assert.False(seal.IsGenuine(wrong, "a:1"));

        _time.Advance(PeerSeal.Window);
        Assert.True(seal.IsGenuine(proof, "a:1"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(seal.IsGenuine(proof, "a:1"));
    }

    [Fact]
    public void PLG45_Question_IsReadAsItWasWritten_OrNotAtAll()
    {
        var question = new PeerQuestion(1, 7, "functions.größe", TimeSpan.FromSeconds(5), ["1"u8.ToArray(), "{}"u8.ToArray()]);
        var bytes = question.Write();

        var read = PeerQuestion.Read(bytes);

        Assert.Equal((1, 7, "functions.größe", TimeSpan.FromSeconds(5)), (read.Tenant, read.Install, read.Method, read.Limit));
        Assert.Equal(["1", "{}"], read.Arguments.Select(one => System.Text.Encoding.UTF8.GetString(one.Span)));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => PeerQuestion.Read(bytes[..length]));
        Assert.Throws<InvalidDataException>(() => PeerQuestion.Read([.. Enumerable.Repeat((byte)255, 64)]));
    }

    [Fact]
    public void PLG45_Answer_IsReadAsItWasWritten_OrNotAtAll()
    {
        var threw = PeerAnswer.Read(PeerAnswer.Write(new DirectAnswer(DirectOutcome.Threw, Error: new PluginError("Error", "not today", "at index.js"))));
        var done = PeerAnswer.Read(PeerAnswer.Write(new DirectAnswer(DirectOutcome.Done, "[1]"u8.ToArray())));

        Assert.Equal((DirectOutcome.Threw, new PluginError("Error", "not today", "at index.js")), (threw.Outcome, threw.Error));
        Assert.Equal((DirectOutcome.Done, "[1]"), (done.Outcome, System.Text.Encoding.UTF8.GetString(done.Value.Span)));
        Assert.Throws<InvalidDataException>(() => PeerAnswer.Read([]));
        Assert.Throws<InvalidDataException>(() => PeerAnswer.Read([0, 1, 5, 65]));
    }
}
