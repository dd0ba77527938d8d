namespace GripProxy.Dashboard;

/// <summary>Where things are on the dashboard's listener.</summary>
public static class DashboardPaths
{
    /// <summary>The hub for live numbers.</summary>
    public const string Hub = "/live";

    /// <summary>What only those who signed in may ask.</summary>
    internal const string Api = "/api/";

    /// <summary>The control port's own paths, as they are there below <c>/v1/</c>.</summary>
    internal const string Control = "/api/v1";
}
