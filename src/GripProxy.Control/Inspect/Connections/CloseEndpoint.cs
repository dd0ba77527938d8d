using System.Text;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Ends held connections in order (CTL-05).</summary>
internal sealed class CloseEndpoint(IConnectionDirectory connections, SubscriptionTable table, ControlOptions options, OtherNodes others) : IOwnEndpoint
{
    private const int NormalClosure = 1000;

    // A close frame carries 125 bytes, two of them are the code.
    private const int MaxReasonBytes = 123;

    /// <inheritdoc/>
    public string Name => "close";

    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        var fields = await request.ReadFieldsAsync(options.MaxBodySize);
        var selection = ConnectionSelection.Read(fields);
        var code = fields.Number("code") ?? NormalClosure;
        var reason = fields.Text("reason") ?? "";
        if (!MayBeSent(code))
            fields.Refuse($"'code' is {code}, expected a code that a close frame may carry, as 1000 or 4000 to 4999");
        if (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            fields.Refuse($"'reason' is too long, expected at most {MaxReasonBytes} bytes");
        if (selection.FindRefusal(fields, request.Scope) is { } refusal)
            return refusal;
        if (await others.AskAsync(Name, request, fields.Body) is not { } answers)
            return OtherNodes.Unavailable;
        var closed = 0;
        foreach (var connection in selection.Resolve(connections, table))
        {
            connection.Close(code, reason);
            closed++;
        }

        return JsonAnswer.Of(200, json =>
        {
            json.WriteNumber("closed", closed + answers.Sum("closed"));
            answers.WriteMissing(json);
        });
    }

    // RFC 6455, 7.4: 1004 to 1006 and 1015 never stand in a frame.
    private static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
