using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect;

/// <summary>What answers at one name below <c>/v1/</c> (control-extensions.md). Thread-safe.</summary>
internal interface IOwnEndpoint
{
    /// <summary>The first segment after <c>/v1/</c>.</summary>
    string Name { get; }

    /// <summary><c>GET</c>, which allows <c>HEAD</c> too, or <c>POST</c>.</summary>
    string Method { get; }

    /// <summary>True if other nodes pass requests on to it, for their answers to be of all nodes.</summary>
    bool IsForAllNodes => false;

    /// <summary>True if a path with so many segments after <see cref="Name"/> exists.</summary>
    bool Serves(int segments);

    /// <summary>The answer to a request whose method and number of segments fit.</summary>
    ValueTask<ControlAnswer> AnswerAsync(OwnRequest request);
}
