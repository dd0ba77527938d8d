namespace GripProxy.Plugins.Services.Cache;

/// <summary>A value of a plugin's cache: a text, or a list of texts whose first element is the last one here, where things are pushed and popped. Guarded by its cache.</summary>
internal sealed class CacheEntry(string install, string key)
{
    // What an entry or an element costs beside its characters, about.
    private const int Overhead = 64;

    /// <summary>Whose it is.</summary>
    public string Install => install;

    /// <summary>Its key.</summary>
    public string Key => key;

    /// <summary>The text, null also where the plugin stored null.</summary>
    public string? Text { get; set; }

    /// <summary>The list, or null if this is none.</summary>
    public List<string>? List { get; set; }

    /// <summary>When it is forgotten, or null: when there is no room.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>Bytes it counts.</summary>
    public long Size { get; set; }

    /// <summary>Bytes that a text counts.</summary>
    public static long SizeOf(string? text) => Overhead + (2L * (text?.Length ?? 0));
}
