using System.Net.Sockets;
using System.Text;

namespace GripProxy.Proxy.Listeners.Local;

/// <summary>A Unix socket for clients: <c>path[?mode=600&amp;user=name&amp;group=name]</c> (CFG-11, local_ports; OBS-08). Immutable.</summary>
public sealed record LocalListen
{
    // What fits into a socket address, without the byte that ends it.
    private const int LongestPath = 107;

    /// <summary>Absolute path of the socket.</summary>
    public required string Path { get; init; }

    /// <summary>Permissions of the socket; null: what the process's mask leaves.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Owner by number; null: who runs the process.</summary>
    public uint? User { get; init; }

    /// <summary>Group by number; null: that of the process.</summary>
    public uint? Group { get; init; }

    /// <summary>For the socket.</summary>
    internal UnixDomainSocketEndPoint EndPoint => new(Path);

    /// <summary>Reads one; a relative path is relative to the working directory of the process.</summary>
    /// <param name="text">As configured.</param>
    /// <param name="error">CLI-04's text if it is no listener, else empty.</param>
    /// <returns>The listener, or null.</returns>
    public static LocalListen? TryParse(string text, out string error)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var path = (question < 0 ? text : text[..question]).Trim();
        if (path.Length == 0)
        {
            error = $"invalid local port: {text}; write a path, or path?mode=600&user=name&group=name";
            return null;
        }

        var listen = new LocalListen { Path = System.IO.Path.GetFullPath(path) };
        if (Encoding.UTF8.GetByteCount(listen.Path) > LongestPath)
        {
            error = $"invalid local port: {text}; the path of a socket has at most {LongestPath} bytes";
            return null;
        }

        error = "";
        var parameters = question < 0 ? "" : text[(question + 1)..];
        foreach (var parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            listen = listen.With(parameter, text, out error);
            if (error.Length > 0)
                return null;
        }

        return listen;
    }

    private LocalListen With(string parameter, string text, out string error)
    {
        error = "";
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        var value = equals < 0 ? "" : parameter[(equals + 1)..];
        switch (equals < 0 ? parameter : parameter[..equals])
        {
            case "mode" when TryReadMode(value, out var mode):
                return this with { Mode = mode };
            case "mode":
                error = $"invalid mode: {value}; write three octal digits such as 600";
                return this;
            case "user" when SystemAccounts.FindUser(value) is { } user:
                return this with { User = user };
            case "group" when SystemAccounts.FindGroup(value) is { } group:
                return this with { Group = group };
            case "user" or "group":
                error = $"invalid local port: {text}; this machine has no {parameter.Replace('=', ' ')}";
                return this;
            default:
                error = $"invalid local port: {text}; '{parameter}' is not understood, there are mode, user and group";
                return this;
        }
    }

    private static bool TryReadMode(string value, out UnixFileMode mode)
    {
        mode = default;
        if (value.Length is 0 or > 4 || value.AsSpan().ContainsAnyExceptInRange('0', '7'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(value, 8);
        return (int)mode <= 0x1FF;
    }
}
