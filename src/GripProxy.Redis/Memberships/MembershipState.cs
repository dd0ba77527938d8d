namespace GripProxy.Redis.Memberships;

/// <summary>What a node knows of who else holds a channel.</summary>
internal enum MembershipState
{
    /// <summary>Nothing yet: its items go through Redis.</summary>
    Asking,

    /// <summary>Others hold it, or may: its items go through Redis.</summary>
    Shared,

    /// <summary>Only this node holds it, and will be told before that changes.</summary>
    Solo,

    /// <summary>Nobody holds it, and this node will be told before that changes.</summary>
    Nobody,

    /// <summary>Redis has something else under its name: its items stay here.</summary>
    Foreign,
}
