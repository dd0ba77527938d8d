namespace GripProxy.OriginSample;

/// <summary>Where the sample origin listens and which proxies it works with.</summary>
public sealed class SampleOriginOptions
{
    /// <summary>
    /// Address and port to listen on. <c>127.0.0.1:8000</c>: only the proxy on the same machine should reach an origin. Port 0 takes a free one.
    /// </summary>
    public string Listen { get; set; } = "127.0.0.1:8000";

    /// <summary>GRIP URLs of the proxies to publish to. By default the control port of a proxy on this machine.</summary>
    public IList<string> GripUrls { get; init; } = ["http://127.0.0.1:5561/"];

    /// <summary>Key of <c>Grip-Sig</c>, the proxy's <c>sig_key</c> (HTTP-03). By default the one that a fresh configuration has.</summary>
    public string SigKey { get; set; } = "changeme";

    /// <summary>Where clients reach the proxy: shown to those who came to the origin directly. By default the proxy's usual port.</summary>
    public string ProxyUrl { get; set; } = "http://127.0.0.1:7999/";

    /// <summary>Where the proxy takes events for its plugins, or null: there are none.</summary>
    public Uri? EventsUrl { get; set; }

    /// <summary>Key of such events.</summary>
    public string EventsKey { get; set; } = "";

    /// <summary>Channel on which comes what a plugin makes of them.</summary>
    public string EventsChannel { get; set; } = "greetings";

    /// <summary>Shown where there are no plugins.</summary>
    public string NoEvents { get; set; } = "This origin was not told of a proxy with plugins.";

    /// <summary>Sets up logging. By default warnings go to the console, so that a demo stays quiet.</summary>
    public Action<ILoggingBuilder> ConfigureLogging { get; set; } =
        logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
}
