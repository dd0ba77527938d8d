namespace GripProxy.Protocol.Configuration;

/// <summary>
/// What the user wrote, seen as typed values: the file, its <c>include</c>, environment and command line in one, the later overriding the
/// earlier (CFG-01…05, own-config.md). Every getter notes that its key is known and gathers an error with file and line when the value does
/// not fit, giving back the default; nothing throws. Owned by the thread that starts or reloads.
/// </summary>
/// <example>
/// An options class of a feature reads itself:
/// <code>public static SequencerOptions Read(Settings settings) =&gt; new() { Wait = TimeSpan.FromMilliseconds(settings.Int("handler", "message_wait", 5000, min: 0)) };</code>
/// </example>
public sealed class Settings
{
    /// <summary>Folder of the file that has the key, against which its relative paths resolve (HTTP-03, own-config.md).</summary>
    public string DirectoryOf(string section, string key) => throw new NotSupportedException("contract only");

    /// <summary>True if the key stands anywhere, even with an empty value.</summary>
    public bool Has(string section, string key) => throw new NotSupportedException("contract only");

    /// <summary>The value as text, after substitution (CFG-04), or <paramref name="fallback"/> if the key is absent.</summary>
    public string Text(string section, string key, string fallback = "") => throw new NotSupportedException("contract only");

    /// <summary>A whole number between <paramref name="min"/> and <paramref name="max"/>.</summary>
    public int Int(string section, string key, int fallback, int min = int.MinValue, int max = int.MaxValue) => throw new NotSupportedException("contract only");

    /// <summary><c>true</c>/<c>false</c>, also <c>1</c>/<c>0</c>, <c>yes</c>/<c>no</c>.</summary>
    public bool Bool(string section, string key, bool fallback) => throw new NotSupportedException("contract only");

    /// <summary>A comma list; empty elements are dropped (CFG-02).</summary>
    public IReadOnlyList<string> List(string section, string key) => throw new NotSupportedException("contract only");

    /// <summary>A value that may be <c>file:&lt;path&gt;</c> (own-config.md, Secrets): then the trimmed content of the file. Null if absent.</summary>
    public string? Secret(string section, string key) => throw new NotSupportedException("contract only");

    /// <summary>The names of sections <c>[kind:NAME]</c>, in file order, case kept.</summary>
    public IReadOnlyList<string> Names(string kind) => throw new NotSupportedException("contract only");

    /// <summary>Notes a problem with a key, located where the key stands.</summary>
    public void Report(ConfigSeverity severity, string section, string key, string text) => throw new NotSupportedException("contract only");

    /// <summary>Everything found so far, in the order found.</summary>
    public IReadOnlyList<ConfigProblem> Problems => throw new NotSupportedException("contract only");
}
