//! The table: one row per A64 encoding (Arm ARM, DDI 0487, chapter C4).
//!
//! A row is the encoding's name, its bits (bit 31 first; `0`/`1` fixed, a letter for each bit of a
//! field: n Rn, d Rd, t Rt, m Rm, a Ra, i immediate, z size or sf, c condition, s shift, o option …;
//! spaces are for the eye), the feature it came with, and `=>` its meaning: a function of `lift`,
//! called with the emitter, the instruction and the arguments given. Without a meaning the
//! encoding is known and not implemented; it raises SIGILL and says so in the log. Where two rows
//! match, the one with more fixed bits wins.
//!
//! Everything else (decoder, dispatch tables, printer, fuzzers, support page) derives from here, by
//! handing a macro to `for_each_encoding!`.

/// Calls `$m! { rows }`.
#[macro_export]
macro_rules! for_each_encoding {
    ($m:ident) => {
        $m! {
            // ── Data processing, immediate (C4.1.92) ──────────────────────────────────────────
            // PC-relative addressing
            ADR                 "0ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adr();
            ADRP                "1ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adrp();
            // Add/subtract (immediate)
            ADD_imm             "z00100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, false);
            ADDS_imm            "z01100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, true);
            SUB_imm             "z10100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, false);
            SUBS_imm            "z11100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, true);
            // Logical (immediate)
            AND_imm             "z00100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, false);
            ORR_imm             "z01100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Orr, false);
            EOR_imm             "z10100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Eor, false);
            ANDS_imm            "z11100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, true);
            // Move wide (immediate)
            MOVN                "z00100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movn();
            MOVZ                "z10100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movz();
            MOVK                "z11100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movk();
            // Bitfield
            SBFM                "z00100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(true);
            BFM                 "z01100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bfm();
            UBFM                "z10100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(false);
            // Extract
            EXTR                "z00100111N0mmmmmssssssnnnnnddddd" BASE => imm::extr();

            // ── Data processing, register (C4.1.95) ───────────────────────────────────────────
            // Data-processing (2 source)
            UDIV                "z0011010110mmmmm000010nnnnnddddd" BASE => reg::two_source(Int2::Udiv);
            SDIV                "z0011010110mmmmm000011nnnnnddddd" BASE => reg::two_source(Int2::Sdiv);
            LSLV                "z0011010110mmmmm001000nnnnnddddd" BASE => reg::two_source(Int2::Lsl);
            LSRV                "z0011010110mmmmm001001nnnnnddddd" BASE => reg::two_source(Int2::Lsr);
            ASRV                "z0011010110mmmmm001010nnnnnddddd" BASE => reg::two_source(Int2::Asr);
            RORV                "z0011010110mmmmm001011nnnnnddddd" BASE => reg::two_source(Int2::Ror);
            CRC32B              "00011010110mmmmm010000nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32b);
            CRC32H              "00011010110mmmmm010001nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32h);
            CRC32W              "00011010110mmmmm010010nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32w);
            CRC32X              "10011010110mmmmm010011nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32x);
            CRC32CB             "00011010110mmmmm010100nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cb);
            CRC32CH             "00011010110mmmmm010101nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32ch);
            CRC32CW             "00011010110mmmmm010110nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cw);
            CRC32CX             "10011010110mmmmm010111nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cx);
            // Data-processing (1 source)
            RBIT                "z101101011000000000000nnnnnddddd" BASE => reg::one_source(Int1::Rbit);
            REV16               "z101101011000000000001nnnnnddddd" BASE => reg::one_source(Int1::Rev16);
            REV_w               "0101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            REV32               "1101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev32);
            REV_x               "1101101011000000000011nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            CLZ                 "z101101011000000000100nnnnnddddd" BASE => reg::one_source(Int1::Clz);
            CLS                 "z101101011000000000101nnnnnddddd" BASE => reg::one_source(Int1::Cls);
            // Logical (shifted register)
            AND_reg             "z0001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, false);
            BIC_reg             "z0001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, false);
            ORR_reg             "z0101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orr, false);
            ORN_reg             "z0101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orn, false);
            EOR_reg             "z1001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eor, false);
            EON_reg             "z1001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eon, false);
            ANDS_reg            "z1101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, true);
            BICS_reg            "z1101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, true);
            // Add/subtract (shifted register)
            ADD_reg             "z0001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, false);
            ADDS_reg            "z0101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, true);
            SUB_reg             "z1001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, false);
            SUBS_reg            "z1101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, true);
            // Add/subtract (extended register)
            ADD_ext             "z0001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, false);
            ADDS_ext            "z0101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, true);
            SUB_ext             "z1001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, false);
            SUBS_ext            "z1101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, true);
            // Add/subtract (with carry)
            ADC                 "z0011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, false);
            ADCS                "z0111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, true);
            SBC                 "z1011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, false);
            SBCS                "z1111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, true);
            // Conditional compare (register, immediate)
            CCMN_reg            "z0111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(false, false);
            CCMP_reg            "z1111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(true, false);
            CCMN_imm            "z0111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(false, true);
            CCMP_imm            "z1111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(true, true);
            // Conditional select
            CSEL                "z0011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Same);
            CSINC               "z0011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Increment);
            CSINV               "z1011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Invert);
            CSNEG               "z1011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Negate);
            // Data-processing (3 source)
            MADD                "z0011011000mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add(false);
            MSUB                "z0011011000mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add(true);
            SMADDL              "10011011001mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, false);
            SMSUBL              "10011011001mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, true);
            SMULH               "10011011010mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Smulh);
            UMADDL              "10011011101mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, false);
            UMSUBL              "10011011101mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, true);
            UMULH               "10011011110mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Umulh);

            // ── Branches, exceptions, system (C4.1.93) ────────────────────────────────────────
            B_cond              "01010100iiiiiiiiiiiiiiiiiii0cccc" BASE => branch::b_cond();
            B                   "000101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(false);
            BL                  "100101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(true);
            CBZ                 "z0110100iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(true);
            CBNZ                "z0110101iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(false);
            TBZ                 "b0110110bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(true);
            TBNZ                "b0110111bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(false);
            BR                  "1101011000011111000000nnnnn00000" BASE => branch::register(Indirect::Jump);
            BLR                 "1101011000111111000000nnnnn00000" BASE => branch::register(Indirect::Call);
            RET                 "1101011001011111000000nnnnn00000" BASE => branch::register(Indirect::Return);
            // Exception generation
            SVC                 "11010100000iiiiiiiiiiiiiiii00001" BASE => branch::svc();
            BRK                 "11010100001iiiiiiiiiiiiiiii00000" BASE => branch::brk();
            // END: branches and exceptions

            // ── System instructions (C4.1.93) ─────────────────────────────────────────────────
            // END: system

            // ── Loads and stores (C4.1.94) ────────────────────────────────────────────────────
            // END: loads and stores

            // ── Scalar floating point (C4.1.96) ───────────────────────────────────────────────
            // END: scalar floating point

            // ── Advanced SIMD floating point (C4.1.96) ────────────────────────────────────────
            // END: SIMD floating point

            // ── Advanced SIMD integer, permute, table, cryptography (C4.1.96) ─────────────────
            // END: SIMD

            // ── Known, not implemented ────────────────────────────────────────────────────────
            SVE                 "iii0010iiiiiiiiiiiiiiiiiiiiiiiii" SVE;
            SME                 "1ii0000iiiiiiiiiiiiiiiiiiiiiiiii" SME;
            // END: not implemented
        }
    };
}
