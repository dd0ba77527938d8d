namespace GripProxy.Protocol.Instructs;

/// <summary>Tells a GRIP response from an ordinary one (HTTP-11, DIF-24). Allocates nothing: it runs for every response header.</summary>
public static class GripMarkers
{
    private const string Prefix = "Grip-";
    private const string InstructType = "application/grip-instruct";

    // Those of sessions (Grip-Session-Id, Grip-Session-Detect, Grip-Last) ask for nothing that is there (HTTP-46).
    private static readonly string[] ControlHeaders =
    [
        "Grip-Hold",
        "Grip-Channel",
        "Grip-Timeout",
        "Grip-Keep-Alive",
        "Grip-Set-Meta",
        "Grip-Status",
        "Grip-Expose-Headers",
        "Grip-Link",
    ];

    /// <summary>
    /// True if a response header of that name makes the response an instruct. Other <c>Grip-*</c> names are only stripped (DIF-24).
    /// </summary>
    public static bool IsControlHeader(string name)
    {
        if (!IsGripHeader(name))
            return false;
        foreach (var known in ControlHeaders)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>True if the value of <c>Content-Type</c>, parameters aside, is <c>application/grip-instruct</c> (HTTP-13).</summary>
    public static bool IsInstructType(string? contentType)
    {
        if (contentType is null)
            return false;
        var type = contentType.AsSpan();
        var parameters = type.IndexOf(';');
        if (parameters >= 0)
            type = type[..parameters];
        return type.Trim().Equals(InstructType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True if the name starts with <c>Grip-</c>: such headers are for the proxy and never reach a client.</summary>
    public static bool IsGripHeader(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
