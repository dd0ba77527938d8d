using System.Net;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Control;

/// <summary>Reads where the control port listens (PUB-01, own-config <c>[control]</c>).</summary>
internal static class ControlAddress
{
    /// <summary>Address and port of the control port, or null if it is off or an error was reported.</summary>
    public static IPEndPoint? ReadListen(Settings settings)
    {
        var address = ReadAddress(settings);
        if (settings.Text("handler", "push_in_http_port").Trim().Length == 0)
            return null;

        var port = settings.Int("handler", "push_in_http_port", 0, min: 0, max: IPEndPoint.MaxPort);
        if (address is null)
            return null;
        var shifted = (long)port + settings.PortOffset;
        if (shifted is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort)
            return new IPEndPoint(address, (int)shifted);

        settings.Report(
            ConfigSeverity.Error,
            "handler",
            "push_in_http_port",
            $"[handler] push_in_http_port {port} with port_offset {settings.PortOffset} is {shifted}: expected a port from 0 to {IPEndPoint.MaxPort}");
        return null;
    }

    /// <summary>Address and port of <c>health_listen</c>, or null if it is off or an error was reported. The port offset does not count.</summary>
    public static IPEndPoint? ReadHealthListen(Settings settings)
    {
        var text = settings.Text("control", "health_listen").Trim();
        if (text.Length == 0)
            return null;
        // IPEndPoint takes an address alone as port 0, so the colon of the port has to be there.
        var colon = text.LastIndexOf(':');
        if (colon > 0 && char.IsAsciiDigit(text[^1]) && text[colon - 1] != ':' && IPEndPoint.TryParse(text, out var listen) && listen.Port > 0)
            return listen;

        settings.Report(
            ConfigSeverity.Error,
            "control",
            "health_listen",
            $"[control] health_listen is '{text}': expected address and port, as 0.0.0.0:5571 or [::]:5571");
        return null;
    }

    private static IPAddress? ReadAddress(Settings settings)
    {
        var text = settings.Text("handler", "push_in_http_addr").Trim();
        if (text.Length == 0)
            return IPAddress.Loopback;
        // The framework reads "1" and "0x7f.1" as addresses too; here they are slips of the pen.
        if (IPAddress.TryParse(text.Trim('[', ']'), out var address) && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text))
            return address;

        settings.Report(
            ConfigSeverity.Error,
            "handler",
            "push_in_http_addr",
            $"[handler] push_in_http_addr is '{text}': expected an IP address, as 127.0.0.1 or ::1");
        return null;
    }
}
