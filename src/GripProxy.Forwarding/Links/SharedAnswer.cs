using System.Buffers;
using GripProxy.Forwarding.Http;
using GripProxy.Holds.Links;

namespace GripProxy.Forwarding.Links;

/// <summary>Makes an answer fit for several holds: it lies in memory if it is short and comes at once (HTTP-32). Stateless.</summary>
internal static class SharedAnswer
{
    /// <summary>
    /// How long the body of an answer may take to be shared. Long enough for an origin that writes a page, short enough that the client of one
    /// that writes bit by bit sees the bits.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int PieceBytes = 4096;

    /// <summary>
    /// The answer with its body in memory, or, if that is too long or takes too long, with a stream of all of it, which ends its last read by
    /// <paramref name="abort"/>.
    /// </summary>
    public static async Task<LinkResponse> ReadAsync(LinkResponse response, TimeProvider time, CancellationTokenSource abort)
    {
        if (response.Body is not { } stream || response.Instruct is not { } instruct)
            return response;
        var body = new ArrayBufferWriter<byte>();
        using var inTime = new CancellationTokenSource();
        var late = Task.Delay(Patience, time, inTime.Token);
        try
        {
            while (body.WrittenCount <= InstructBody.Limit)
            {
                var piece = body.GetMemory(PieceBytes);
                var read = stream.ReadAsync(piece, abort.Token).AsTask();
                if (await Task.WhenAny(read, late) == late)
                    return Started(response, new StartedBody(stream, body.WrittenMemory, read, piece, abort));
                var count = await read;
                if (count == 0)
                {
                    await stream.DisposeAsync();
                    return new LinkResponse { Status = response.Status, Instruct = instruct with { Response = instruct.Response with { Body = body.WrittenMemory } } };
                }

                body.Advance(count);
            }

            return Started(response, new StartedBody(stream, body.WrittenMemory, pending: null, default, abort));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
        finally
        {
            await inTime.CancelAsync();
        }
    }

    private static LinkResponse Started(LinkResponse response, StartedBody body) =>
        new() { Status = response.Status, Instruct = response.Instruct, Body = body };
}
