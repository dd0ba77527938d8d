// What the test hands over by environment: where the control port is, and for JWT the issuer and its key.
module.exports = {
    controlUri: process.env.CONTROL_URI,
    issuer: process.env.ISSUER,
    key: process.env.KEY,
    // Where an origin listens.
    port: Number(process.env.PORT),
    // Key of Grip-Sig.
    signatureKey: process.env.SIGNATURE_KEY,
    // The oldest of the libraries calls back a second time when the connection closes.
    once(callback) {
        let called = false;
        return (...results) => {
            if (!called) {
                called = true;
                callback(...results);
            }
        };
    },
    report(error) {
        console.log(error ? `failed: ${error}` : 'published');
    },
};
