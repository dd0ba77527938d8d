using System.Text;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>What an origin heard of a client's WebSocket. Immutable.</summary>
/// <param name="What">In lower case: <c>text</c>, <c>binary</c>, <c>ping</c>, <c>pong</c>, <c>close</c>, or <c>end</c> for an end without close.</param>
/// <param name="Content">The whole content, of a message from all its fragments.</param>
public sealed record Heard(string What, byte[] Content)
{
    public string Text => Encoding.UTF8.GetString(Content);

    /// <summary>Code and reason of a close; code 0 where it has none.</summary>
    public (int Code, string Reason) Status => new RawFrame(RawFrame.CloseCode, Content).Status;
}
