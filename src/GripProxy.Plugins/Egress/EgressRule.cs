namespace GripProxy.Plugins.Egress;

/// <summary>Which rule refused a request (plugins-api.md §3.5); the word stands in the error.</summary>
internal enum EgressRule
{
    /// <summary>Neither http nor https.</summary>
    Scheme,

    /// <summary>A port that is not opened.</summary>
    Port,

    /// <summary>The host is denied, or not among those that are allowed.</summary>
    Host,

    /// <summary>The package does not declare the host.</summary>
    Declared,

    /// <summary>No public address.</summary>
    Address,

    /// <summary>A service that gives secrets of the machine.</summary>
    Metadata,

    /// <summary>The proxy itself.</summary>
    Listener,
}
