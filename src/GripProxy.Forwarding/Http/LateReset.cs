using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// Stands before the relay's hand when it wants to cut a client whose answer broke off, so that debug mode can say why first (HTTP-20).
/// Owned by the request's pipeline.
/// </summary>
internal sealed class LateReset : IHttpResetFeature
{
    private readonly HttpContext _context;
    private readonly IHttpResetFeature? _inner;

    private LateReset(HttpContext context)
    {
        _context = context;
        _inner = context.Features.Get<IHttpResetFeature>();
    }

    /// <summary>True if the relay wanted to cut the connection.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Puts one in the way, until <see cref="Remove"/>.</summary>
    public static LateReset Watch(HttpContext context)
    {
        var late = new LateReset(context);
        context.Features.Set<IHttpResetFeature>(late);
        return late;
    }

    /// <inheritdoc/>
    public void Reset(int errorCode) => IsWanted = true;

    /// <summary>Takes this out of the way again.</summary>
    public void Remove() => _context.Features.Set(_inner);
}
