using GripProxy.Channels.Publishing;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using GripProxy.Security.Access;

namespace GripProxy.Control.Publish;

/// <summary>Answers <c>POST /recover</c> (PUB-04, HTTP-37).</summary>
internal sealed class RecoverEndpoint(PublishPipeline pipeline)
{
    /// <summary>Recovers every channel, which only a credential without channel limits may ask for (CTL-01).</summary>
    public ControlAnswer Answer(ChannelScope scope, ReplyFormat format)
    {
        if (!scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        pipeline.Recover();
        return ControlAnswer.Success(format, "Updated");
    }
}
