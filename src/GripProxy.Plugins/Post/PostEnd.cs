namespace GripProxy.Plugins.Post;

/// <summary>What became of work when it was tried.</summary>
internal enum PostEnd
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The next step of it is to be done at once.</summary>
    GoesOn,

    /// <summary>It is to be tried again later.</summary>
    Retry,

    /// <summary>It is not tried any more.</summary>
    Dead,

    /// <summary>It could not be tried: the plugin does not run now.</summary>
    NotTried,
}
