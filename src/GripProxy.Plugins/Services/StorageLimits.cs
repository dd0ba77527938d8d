using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Services;

/// <summary>How much plugins may keep for good (plugins.md §10), and what they are told beyond it.</summary>
internal static class StorageLimits
{
    /// <summary>Bytes of all keys and values of a tenant.</summary>
    public const long TenantBytes = 100L * 1024 * 1024;

    private const int KeyBytes = 512;
    private const int ValueBytes = 1024 * 1024;

    /// <summary>Null, or why a value is not kept under a key.</summary>
    public static PluginError? Check(string key, byte[]? value)
    {
        if (Encoding.UTF8.GetByteCount(key) > KeyBytes)
            return new PluginError("RangeError", $"a key of storage may have {KeyBytes} bytes", "");
        return value?.Length > ValueBytes ? new PluginError("RangeError", $"a value of storage may have {ValueBytes} bytes", "") : null;
    }

    /// <summary>Why nothing more is kept.</summary>
    public static PluginError Full() => new("RangeError", $"the storage of a tenant may have {TenantBytes >> 20} MiB", "");

    /// <summary>The number that is kept under a key, 0 where nothing is; or why it is none.</summary>
    public static PluginError? Number(string key, byte[]? stored, out double number)
    {
        number = 0;
        if (stored is null)
            return null;
        using var document = JsonDocument.Parse(stored);
        return document.RootElement.ValueKind == JsonValueKind.Number && document.RootElement.TryGetDouble(out number)
            ? null
            : new PluginError("TypeError", $"the value of '{key}' is no number", "");
    }
}
