using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>Reads the GRIP instructions of an origin's response (HTTP-12, HTTP-13).</summary>
public static class InstructReader
{
    /// <summary>
    /// Reads a response that <see cref="GripMarkers"/> recognised. The instruct keeps a reference to <paramref name="body"/>, which
    /// therefore must not change any more.
    /// </summary>
    /// <param name="status">Status code of the origin's response.</param>
    /// <param name="reason">Its reason phrase, may be empty.</param>
    /// <param name="headers">All its headers.</param>
    /// <param name="body">Its whole body.</param>
    /// <param name="limits">Limits on names and nesting.</param>
    public static InstructResult Read(int status, string reason, HeaderList headers, ReadOnlyMemory<byte> body, InstructLimits limits) =>
        throw new NotSupportedException("contract only");
}
