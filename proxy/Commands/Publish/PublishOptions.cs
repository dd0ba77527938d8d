using System.CommandLine;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>The options of <c>pushpin-publish</c>, and two for many items, as the command line knows them (CLI-20). Immutable.</summary>
internal sealed class PublishOptions
{
    private readonly Argument<string?> _channel = new("channel") { Arity = ArgumentArity.ZeroOrOne, Description = "Channel to publish to." };
    private readonly Argument<string?> _content = new("content")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Content of HTTP bodies, streams and WebSocket messages. @file: what is in the file, @-: what comes on standard input, both as they are.",
    };

    private readonly Option<string?> _id = new("--id") { Description = "Id of the item.", HelpName = "id" };
    private readonly Option<string?> _prevId = new("--prev-id") { Description = "Id of the item before it.", HelpName = "id" };
    private readonly Option<string?> _sender = new("--sender") { Description = "Meta variable sender.", HelpName = "sender" };
    private readonly Option<string?> _code = new("--code") { Description = "Status of HTTP responses (default: 200).", HelpName = "code" };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "Header of HTTP responses. May be given several times.", HelpName = "K: V" };
    private readonly Option<string[]> _meta = new("--meta", "-M") { Description = "Meta variable. May be given several times.", HelpName = "K=V" };
    private readonly Option<bool> _hint = new("--hint") { Description = "No content: let the proxy ask the origin." };
    private readonly Option<bool> _close = new("--close") { Description = "No content: close streams and WebSockets." };
    private readonly Option<bool> _patch = new("--patch") { Description = "The content is a JSON patch of held HTTP responses." };
    private readonly Option<bool> _noSeq = new("--no-seq") { Description = "Deliver at once, whatever the order." };
    private readonly Option<bool> _noEol = new("--no-eol") { Description = "Do not append a line break for HTTP." };
    private readonly Option<bool> _lines = new("--lines") { Description = "Publish every line of @file or of standard input as an item of its own." };
    private readonly Option<string?> _items = new("--items") { Description = "Publish items that stand in a file, one a line, as JSON. -: standard input.", HelpName = "file" };
    private readonly Option<bool> _receipt = new("--receipt") { Description = "Print what became of each item, as JSON." };
    private readonly Option<string?> _spec = new("--spec")
    {
        Description = "GRIP URL of the control port, or tcp:// or ipc:// address of the ZeroMQ door (default: environment GRIP_URL, else http://localhost:5561).",
        HelpName = "spec",
    };

    private readonly Option<string?> _user = new("--user", "-u") { Description = "Basic authentication, over https only.", HelpName = "user:pass" };
    private readonly Option<string?> _bearer = new("--bearer", "-B") { Description = "Bearer authentication, over https only.", HelpName = "token" };

    /// <summary>Adds everything to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_channel);
        command.Add(_content);
        foreach (var option in new Option[]
        {
            _id, _prevId, _sender, _code, _headers, _meta, _hint, _close, _patch, _noSeq, _noEol, _lines, _items, _receipt, _spec, _user, _bearer,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>The values; call only if there was no error.</summary>
    public PublishArguments Read(ParseResult result) => new()
    {
        Channel = result.GetValue(_channel),
        Content = result.GetValue(_content),
        Id = result.GetValue(_id),
        PrevId = result.GetValue(_prevId),
        Sender = result.GetValue(_sender),
        Code = result.GetValue(_code) ?? "200",
        Headers = result.GetValue(_headers) ?? [],
        Meta = result.GetValue(_meta) ?? [],
        Hint = result.GetValue(_hint),
        Close = result.GetValue(_close),
        Patch = result.GetValue(_patch),
        NoSequence = result.GetValue(_noSeq),
        NoEndOfLine = result.GetValue(_noEol),
        Lines = result.GetValue(_lines),
        Items = result.GetValue(_items),
        Receipt = result.GetValue(_receipt),
        Spec = result.GetValue(_spec),
        User = result.GetValue(_user),
        Bearer = result.GetValue(_bearer),
    };
}
