using GripProxy.Forwarding.SockJs.Frames;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>A client's request that receives frames of a session. Guarded by the session's lock.</summary>
/// <param name="isStream">True if it receives one frame after the other; false: one.</param>
internal sealed class SockJsReceiver(bool isStream)
{
    /// <summary>True if it receives one frame after the other.</summary>
    public bool IsStream => isStream;

    /// <summary>The frame that it asked for with its coming, or null: it has had that.</summary>
    public Task<SockJsFrame>? First { get; set; }

    /// <summary>Where the next frame goes while the request waits for it, or null.</summary>
    public TaskCompletionSource<SockJsFrame>? Waiting { get; set; }
}
