using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class PerMessageDeflateTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=\"8\"")]
    [InlineData("permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("Permessage-Deflate;Client_Max_Window_Bits")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate")]
    [InlineData("permessage-deflate; unknown, permessage-deflate")]
    public void Answer_OfferThatCanBeMet_IsMetWithoutContextTakeover(string offer) => Assert.Equal(Plain, PerMessageDeflate.Answer([offer]));

    [Fact]
    public void Answer_OfferOfTheFullWindow_IsConfirmed() =>
        Assert.Equal(Plain + "; server_max_window_bits=15", PerMessageDeflate.Answer(["permessage-deflate; server_max_window_bits=15"]));

    [Fact]
    public void Answer_SeveralHeaders_AreOneList() => Assert.Equal(Plain, PerMessageDeflate.Answer(["grip", null, "permessage-deflate"]));

    [Theory]
    [InlineData("")]
    [InlineData("grip")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=015")]
    [InlineData("permessage-deflate; server_max_window_bits=15; server_max_window_bits=15")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=x")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits")]
    [InlineData("permessage-deflate; client_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; client_max_window_bits=\"10")]
    public void Answer_NothingThatCanBeMet_IsNull(string offer) => Assert.Null(PerMessageDeflate.Answer([offer]));

    [Theory]
    [InlineData("", DeflateAgreement.None)]
    [InlineData("grip; message-prefix=\"\"", DeflateAgreement.None)]
    [InlineData(Plain, DeflateAgreement.Agreed)]
    [InlineData("grip, permessage-deflate; server_no_context_takeover", DeflateAgreement.Agreed)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=9", DeflateAgreement.Agreed)]
    [InlineData("permessage-deflate", DeflateAgreement.Invalid)]
    [InlineData("permessage-deflate; server_no_context_takeover; client_max_window_bits=15", DeflateAgreement.Invalid)]
    [InlineData("permessage-deflate; server_no_context_takeover; unknown", DeflateAgreement.Invalid)]
    [InlineData(Plain + ", " + Plain, DeflateAgreement.Invalid)]
    public void ReadAnswer_OfAnOrigin_IsJudgedByTheOffer(string answer, DeflateAgreement expected) =>
        Assert.Equal(expected, PerMessageDeflate.ReadAnswer([answer]));
}
