using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Forwarding.Sharing;

/// <summary>What became of an exchange that several clients wait for. Immutable.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Instruct">The instruct, where there is one.</param>
/// <param name="Error">Why there is no answer, where there is none.</param>
/// <param name="Detail">What debug mode says about that.</param>
/// <param name="Target">The target that was tried last.</param>
internal sealed record SharedAnswer(ExchangeEnd End, Instruct? Instruct, RequestError Error, string Detail, OriginTarget? Target)
{
    /// <summary>The one whose request was sent left before there was an answer: ask again, together.</summary>
    public static SharedAnswer AskAgain { get; } = new(ExchangeEnd.ClientGone, null, RequestError.None, "", null);

    /// <summary>The answer is too long or too slow to be kept for others: everybody asks alone.</summary>
    public static SharedAnswer AskAlone { get; } = new(ExchangeEnd.Relayed, null, RequestError.None, "", null);
}
