namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Options of <c>gripproxy publish</c> that do not go together. Stateless.</summary>
internal static class PublishArgumentsCheck
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Run(PublishArguments arguments)
    {
        if (arguments.Items is not null)
            return CheckItems(arguments);
        if (arguments.Channel is null)
            return "must specify channel";
        return arguments.Lines ? CheckLines(arguments) : null;
    }

    private static string? CheckItems(PublishArguments arguments)
    {
        var rest = arguments with { Items = null, Receipt = false, Spec = null, User = null, Bearer = null };
        return rest == new PublishArguments { Headers = rest.Headers, Meta = rest.Meta } && rest.Headers.Count + rest.Meta.Count == 0
            ? null
            : "--items takes channel, content and everything else from the items; only --receipt, --spec and credentials go with it";
    }

    private static string? CheckLines(PublishArguments arguments)
    {
        if (arguments.Content is not (null or ['@', ..]))
            return "--lines reads @file or standard input; the content must be one of them";
        if (arguments.Hint || arguments.Close || arguments.Patch)
            return "--lines does not go with --hint, --close or --patch";
        return arguments.Id is null && arguments.PrevId is null ? null : "--lines publishes many items; --id and --prev-id are for one";
    }
}
