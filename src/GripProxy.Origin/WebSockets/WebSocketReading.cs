using System.Diagnostics.CodeAnalysis;

namespace GripProxy.Origin.WebSockets;

/// <summary>A request that was read, or the status and text it is refused with. Immutable.</summary>
internal sealed class WebSocketReading
{
    private WebSocketReading(WebSocketRequest? request, int status, string error)
    {
        Request = request;
        Status = status;
        Error = error;
    }

    public WebSocketRequest? Request { get; }

    public int Status { get; }

    public string Error { get; }

    [MemberNotNullWhen(true, nameof(Request))]
    public bool IsUsable => Request is not null;

    public static WebSocketReading Of(WebSocketRequest request) => new(request, 0, "");

    public static WebSocketReading Refused(int status, string error) => new(null, status, error);
}
