using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>By what a pair of files is known to be the same as before. Links are followed: what they lead to counts. Immutable.</summary>
/// <param name="Certificate">Of the certificate's file.</param>
/// <param name="Key">Of the key's file.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PairStamp(FileStamp Certificate, FileStamp Key)
{
    /// <summary>True if both were written before that time.</summary>
    public bool IsOlderThan(DateTimeOffset moment) => Certificate.Ticks < moment.UtcTicks && Key.Ticks < moment.UtcTicks;

    /// <summary>The stamp now. Never throws.</summary>
    public static PairStamp Of(string certificate, string key) => new(FileStamp.Of(certificate), FileStamp.Of(key));
}
