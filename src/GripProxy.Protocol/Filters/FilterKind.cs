namespace GripProxy.Protocol.Filters;

/// <summary>The built-in filters (FLT-03).</summary>
public enum FilterKind
{
    /// <summary><c>skip-self</c>: no item comes back to the user who sent it (FLT-03a).</summary>
    SkipSelf,

    /// <summary><c>skip-users</c>: no item comes to the users it excludes (FLT-03b).</summary>
    SkipUsers,

    /// <summary><c>require-sub</c>: an item comes only to who also has the channel it names (FLT-03c).</summary>
    RequireSub,

    /// <summary><c>build-id</c>: content carries an id made of the prev-ids (FLT-04).</summary>
    BuildId,

    /// <summary><c>var-subst</c>: content carries values of the subscription meta (FLT-03e).</summary>
    VarSubst,

    /// <summary><c>http-check</c>: the origin says whether an item may pass (FLT-08).</summary>
    HttpCheck,

    /// <summary><c>http-modify</c>: the origin says whether an item may pass, and with what content (FLT-08).</summary>
    HttpModify,
}
