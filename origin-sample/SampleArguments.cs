using System.Net;
using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>Reads the command line of the sample origin.</summary>
internal static class SampleArguments
{
    private const string Help = """
        The sample origin of GripProxy.

        usage: GripProxy.OriginSample [options]

          --listen ADDRESS:PORT  where to listen (127.0.0.1:8000)
          --grip-url URL         proxy to publish to, may be given several times
                                 (environment GRIP_URL, else http://127.0.0.1:5561/)
          --sig-key KEY          the proxy's sig_key: text, base64:… or file:… (changeme)
          --proxy URL            where browsers reach the proxy (http://127.0.0.1:7999/)
          --help                 this text
        """;

    /// <summary>
    /// True with options, or with null and the help text to show; false with a message that says what is wrong.
    /// </summary>
    public static bool TryRead(
        IReadOnlyList<string> arguments,
        Func<string, string?> environment,
        out SampleOriginOptions? options,
        out string message)
    {
        var read = new SampleOriginOptions
        {
            ConfigureLogging = logging => logging.AddSimpleConsole().AddFilter("Microsoft.AspNetCore", LogLevel.Warning),
        };
        var urls = new List<string>();
        options = null;
        message = Help;
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--help" or "-h")
                return true;
            if (name is not ("--listen" or "--grip-url" or "--sig-key" or "--proxy"))
                return Fail($"unknown option '{name}'", out message);
            value ??= ++i < arguments.Count ? arguments[i] : null;
            if (string.IsNullOrEmpty(value))
                return Fail($"{name} needs a value", out message);
            Set(read, urls, name, value);
        }

        if (urls.Count == 0 && environment("GRIP_URL") is { Length: > 0 } url)
            urls.Add(url);
        Replace(read.GripUrls, urls);
        if (Check(read) is { } problem)
            return Fail(problem, out message);
        options = read;
        return true;
    }

    private static void Set(SampleOriginOptions options, List<string> urls, string name, string value)
    {
        switch (name)
        {
            case "--listen":
                options.Listen = value;
                break;
            case "--grip-url":
                urls.Add(value);
                break;
            case "--sig-key":
                options.SigKey = value;
                break;
            default:
                options.ProxyUrl = value;
                break;
        }
    }

    private static string? Check(SampleOriginOptions options)
    {
        if (!IPEndPoint.TryParse(options.Listen, out _))
            return $"--listen '{options.Listen}': an address and a port were expected, for example 127.0.0.1:8000";
        foreach (var url in options.GripUrls)
        {
            if (!GripEndpoint.TryParse(url, out _, out var error))
                return "--grip-url: " + error;
        }

        return null;
    }

    private static void Replace(IList<string> list, List<string> values)
    {
        if (values.Count == 0)
            return;
        list.Clear();
        values.ForEach(list.Add);
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static bool Fail(string problem, out string message)
    {
        message = problem + "; --help lists the options";
        return false;
    }
}
