using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Links;

/// <summary>
/// Answer to a <see cref="LinkRequest"/>. Owned by the hold that asked, which disposes it.
/// </summary>
public sealed class LinkResponse : IAsyncDisposable
{
    /// <summary>Status code, or 0 if there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>Why there was no answer, if that is known.</summary>
    public LinkFailure Failure { get; init; }

    /// <summary>Headers of the answer to a plain request (<see cref="LinkRequest.IsPlain"/>); empty for others.</summary>
    public HeaderList Headers { get; init; } = HeaderList.Empty;

    /// <summary>What a 2xx answer asks for, or null if it is malformed.</summary>
    public Instruct? Instruct { get; init; }

    /// <summary>What is wrong with the instruct, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The body, of any size, or null: then it is the instruct's.</summary>
    public Stream? Body { get; init; }

    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Gives the connection to the origin back.</summary>
    public ValueTask DisposeAsync() => Body?.DisposeAsync() ?? ValueTask.CompletedTask;
}
