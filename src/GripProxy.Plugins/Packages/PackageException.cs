namespace GripProxy.Plugins.Packages;

/// <summary>A package that cannot be taken; the message says why, for people.</summary>
internal sealed class PackageException(string message, Exception? inner) : IOException(message, inner)
{
    /// <summary>Says what is wrong.</summary>
    public PackageException(string message)
        : this(message, inner: null)
    {
    }
}
